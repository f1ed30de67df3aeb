// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A mix as in small processors' benchmarks: a linked list sorted and searched, small matrices, a
// state machine over text, a CRC that joins them.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct Item {
  struct Item *next;
  int16_t key, index;
};

enum { Items = 120, Size = 24 };
static struct Item items[Items];
static int16_t left[Size][Size], right[Size][Size];
static int32_t product[Size][Size];

static uint16_t crc(uint16_t crc, uint16_t value) {
  for (int i = 0; i < 16; i++) {
    int bit = (crc ^ value) & 1;
    crc >>= 1;
    value >>= 1;
    if (bit)
      crc ^= 0xa001;
  }
  return crc;
}

static int byKey(const struct Item *a, const struct Item *b) { return a->key - b->key; }
static int byIndex(const struct Item *a, const struct Item *b) { return a->index - b->index; }

static struct Item *sort(struct Item *list,
                         int (*compare)(const struct Item *, const struct Item *)) {
  for (int width = 1;; width *= 2) {
    struct Item *rest = list, *head = NULL, **tail = &head;
    int merges = 0;
    while (rest) {
      struct Item *a = rest, *b = rest;
      int aSize = 0, bSize = width;
      merges++;
      for (; aSize < width && b; aSize++)
        b = b->next;
      while (aSize || (bSize && b)) {
        struct Item *chosen;
        if (aSize && (!bSize || !b || compare(a, b) <= 0))
          chosen = a, a = a->next, aSize--;
        else
          chosen = b, b = b->next, bSize--;
        *tail = chosen;
        tail = &chosen->next;
      }
      rest = b;
    }
    *tail = NULL;
    list = head;
    if (merges <= 1)
      return list;
  }
}

static uint16_t listWork(uint16_t sum, int seed) {
  for (int i = 0; i < Items; i++)
    items[i] = (struct Item){i + 1 < Items ? &items[i + 1] : NULL, (i * 73 + seed * 31) % 211, i};
  struct Item *list = sort(items, byKey);
  for (int wanted = 0; wanted < 40; wanted++) {
    struct Item *found = list, *reversed = NULL;
    while (found && found->key != wanted * 5)
      found = found->next;
    sum = crc(sum, found ? found->index : wanted);
    if (wanted % 8 == 0) {
      for (struct Item *item = list, *next; item; item = next) {
        next = item->next;
        item->next = reversed;
        reversed = item;
      }
      list = reversed;
    }
  }
  list = sort(list, byIndex);
  return crc(sum, list->next->key);
}

static uint16_t matrixWork(uint16_t sum, int seed) {
  for (int i = 0; i < Size; i++)
    for (int j = 0; j < Size; j++) {
      left[i][j] = (i * seed + j) % 19 - 9;
      right[i][j] = (j * seed - i) % 17;
    }
  for (int i = 0; i < Size; i++)
    for (int j = 0; j < Size; j++) {
      int32_t total = 0;
      for (int k = 0; k < Size; k++)
        total += left[i][k] * right[k][j];
      product[i][j] = total;
    }
  for (int i = 0; i < Size; i++) {
    int32_t largest = product[i][0], clipped = 0;
    for (int j = 0; j < Size; j++) {
      int32_t value = product[i][j] >> 2 & 0x7f;
      largest = product[i][j] > largest ? product[i][j] : largest;
      clipped += value > seed ? 10 : value - 1;
    }
    sum = crc(sum, largest ^ clipped);
  }
  return sum;
}

enum State {
  Start,
  Sign,
  Integer,
  Fraction,
  Exponent,
  ExponentSign,
  ExponentDigits,
  Invalid,
  States
};

static enum State advance(const char **text, int *transitions) {
  enum State state = Start;
  for (; **text && state != Invalid; ++*text) {
    char c = **text;
    if (c == ',') {
      ++*text;
      break;
    }
    int digit = c >= '0' && c <= '9';
    enum State before = state;
    switch (state) {
    case Start:
      state = digit ? Integer : c == '+' || c == '-' ? Sign : c == '.' ? Fraction : Invalid;
      break;
    case Sign:
      state = digit ? Integer : c == '.' ? Fraction : Invalid;
      break;
    case Integer:
      state = digit ? Integer : c == '.' ? Fraction : c == 'e' ? Exponent : Invalid;
      break;
    case Fraction:
      state = digit ? Fraction : c == 'e' ? Exponent : Invalid;
      break;
    case Exponent:
      state = digit ? ExponentDigits : c == '+' || c == '-' ? ExponentSign : Invalid;
      break;
    case ExponentSign:
    case ExponentDigits:
      state = digit ? ExponentDigits : Invalid;
      break;
    case Invalid:
    case States:
      break;
    }
    transitions[before] += before != state;
  }
  return state;
}

static uint16_t textWork(uint16_t sum, int seed) {
  char text[256] = "5012,1234,-874,+122,35.54,.1123e5,-110.7,+0.64e-12,T0.3e-1,-T.T++,1T3.4e4z,34."
                   "0e-T,5.5e+3,-.123,+1.1e+11,8e";
  int finals[States] = {0}, transitions[States] = {0};
  text[seed % 90] ^= seed & 3;
  for (const char *at = text; *at;)
    finals[advance(&at, transitions)]++;
  for (int i = 0; i < States; i++)
    sum = crc(crc(sum, finals[i]), transitions[i]);
  return sum;
}

int main(void) {
  uint16_t sum = 0;
  for (int i = 0; i < 30000; i++) {
    sum = listWork(sum, i);
    sum = matrixWork(sum, i & 31);
    sum = textWork(sum, i);
  }
  printf("%04x\n", sum);
}
