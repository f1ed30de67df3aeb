// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Recursion: deep, wide and mutual; permutations, queens, Ackermann, and a parser that descends.
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0)
    return n + 1;
  return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static int isOdd(int n);
static int isEven(int n) { return n == 0 || isOdd(n - 1); }
static int isOdd(int n) { return n != 0 && isEven(n - 1); }

static int queens(int size, uint32_t columns, uint32_t left, uint32_t right) {
  uint32_t all = (1u << size) - 1;
  if (columns == all)
    return 1;
  int count = 0;
  for (uint32_t free = all & ~(columns | left | right); free; free &= free - 1) {
    uint32_t bit = free & -free;
    count += queens(size, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
  return count;
}

static void permute(char *text, int from, int length) {
  if (from == length) {
    puts(text);
    return;
  }
  for (int i = from; i < length; ++i) {
    char swap = text[from];
    text[from] = text[i], text[i] = swap;
    permute(text, from + 1, length);
    text[i] = text[from], text[from] = swap;
  }
}

static const char *cursor;
static int64_t sum(void);

static int64_t atom(void) {
  if (*cursor == '(') {
    ++cursor;
    int64_t value = sum();
    ++cursor;
    return value;
  }
  if (*cursor == '-') {
    ++cursor;
    return -atom();
  }
  int64_t value = 0;
  while (isdigit((unsigned char)*cursor))
    value = value * 10 + (*cursor++ - '0');
  return value;
}

static int64_t product(void) {
  int64_t value = atom();
  while (*cursor == '*' || *cursor == '/' || *cursor == '%') {
    char operation = *cursor++;
    int64_t right = atom();
    value = operation == '*' ? value * right : operation == '/' ? value / right : value % right;
  }
  return value;
}

static int64_t sum(void) {
  int64_t value = product();
  while (*cursor == '+' || *cursor == '-')
    value = *cursor++ == '+' ? value + product() : value - product();
  return value;
}

int main(void) {
  printf("%" PRIu32 " %" PRIu32 "\n", ackermann(2, 200), ackermann(3, 6));
  printf("%d %d\n", isEven(20000), isOdd(20000));
  for (int size = 4; size <= 9; ++size)
    printf("%d queens: %d\n", size, queens(size, 0, 0, 0));
  char text[] = "wasm";
  permute(text, 0, (int)strlen(text));
  const char *formulas[] = {"1+2*3", "(1+2)*-3",       "-7/2",
                            "-7%3",  "((((((42))))))", "1000000007*1000000009-1"};
  for (int i = 0; i < 6; ++i) {
    cursor = formulas[i];
    printf("%s = %" PRId64 "\n", formulas[i], sum());
  }
}
