// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A parser of JSON: characters by a switch, numbers, strings with escapes, and a tree in an arena.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum Kind { Null, False, True, Number, String, Array, Object };

struct Value {
  enum Kind kind;
  uint32_t count;
  double number;
  const char *text;           // String: `count` bytes.
  struct Value *first, *next; // Array, Object: children; of an object, names and values in turn.
};

enum { TextBytes = 1 << 20, ArenaBytes = 1 << 25 };
static char text[TextBytes + 4096], arena[ArenaBytes];
static size_t used;
static const char *at;
static int failed;

static void *take(size_t size) {
  void *result = arena + used;
  used += (size + 7) & ~(size_t)7;
  return result;
}

static struct Value *make(enum Kind kind) {
  struct Value *value = take(sizeof *value);
  memset(value, 0, sizeof *value);
  value->kind = kind;
  return value;
}

static void skipSpace(void) {
  while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')
    at++;
}

static struct Value *parse(void);

static struct Value *parseNumber(void) {
  struct Value *value = make(Number);
  double sign = 1, scale = 1;
  if (*at == '-')
    sign = -1, at++;
  for (; *at >= '0' && *at <= '9'; at++)
    value->number = value->number * 10 + (*at - '0');
  if (*at == '.')
    for (at++; *at >= '0' && *at <= '9'; at++)
      value->number += (*at - '0') * (scale /= 10);
  if (*at == 'e' || *at == 'E') {
    int exponent = 0, down = *++at == '-';
    at += *at == '-' || *at == '+';
    for (; *at >= '0' && *at <= '9'; at++)
      exponent = exponent * 10 + (*at - '0');
    while (exponent--)
      value->number = down ? value->number / 10 : value->number * 10;
  }
  value->number *= sign;
  return value;
}

static struct Value *parseString(void) {
  struct Value *value = make(String);
  char *to = arena + used;
  value->text = to;
  for (at++; *at && *at != '"'; at++) {
    if (*at != '\\') {
      *to++ = *at;
      continue;
    }
    switch (*++at) {
    case 'n':
      *to++ = '\n';
      break;
    case 't':
      *to++ = '\t';
      break;
    case 'r':
      *to++ = '\r';
      break;
    case 'b':
      *to++ = '\b';
      break;
    case 'f':
      *to++ = '\f';
      break;
    case 'u': {
      unsigned code = 0;
      for (int i = 0; i < 4; i++) {
        char digit = *++at;
        code = code << 4 | (digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10);
      }
      if (code >= 0x800)
        *to++ = 0xe0 | code >> 12, *to++ = 0x80 | (code >> 6 & 63), *to++ = 0x80 | (code & 63);
      else if (code >= 0x80)
        *to++ = 0xc0 | code >> 6, *to++ = 0x80 | (code & 63);
      else
        *to++ = code;
      break;
    }
    default:
      *to++ = *at;
    }
  }
  failed |= *at != '"';
  at += *at == '"';
  value->count = to - value->text;
  take(value->count);
  return value;
}

static struct Value *parseMany(enum Kind kind, char end) {
  struct Value *value = make(kind), **tail = &value->first;
  at++;
  for (skipSpace(); *at && *at != end; skipSpace()) {
    struct Value *child = parse();
    *tail = child;
    tail = &child->next;
    value->count++;
    skipSpace();
    if (*at == ',' || *at == ':')
      at++;
  }
  failed |= *at != end;
  at += *at == end;
  return value;
}

static struct Value *parseWord(const char *word, enum Kind kind) {
  size_t size = strlen(word);
  if (strncmp(at, word, size))
    failed = 1;
  at += size;
  return make(kind);
}

static struct Value *parse(void) {
  skipSpace();
  switch (*at) {
  case '{':
    return parseMany(Object, '}');
  case '[':
    return parseMany(Array, ']');
  case '"':
    return parseString();
  case 't':
    return parseWord("true", True);
  case 'f':
    return parseWord("false", False);
  case 'n':
    return parseWord("null", Null);
  case '-':
  case '0':
  case '1':
  case '2':
  case '3':
  case '4':
  case '5':
  case '6':
  case '7':
  case '8':
  case '9':
    return parseNumber();
  default:
    failed = 1;
    at += *at != 0;
    return make(Null);
  }
}

static uint64_t digest(const struct Value *value, uint64_t sum) {
  sum = sum * 31 + value->kind;
  if (value->kind == Number)
    sum += (int64_t)(value->number * 16);
  for (uint32_t i = 0; value->kind == String && i < value->count; i++)
    sum = sum * 131 + (uint8_t)value->text[i];
  for (const struct Value *child = value->first; child; child = child->next)
    sum = digest(child, sum);
  return sum;
}

static void makeText(void) {
  char *to = text;
  uint32_t seed = 3;
  to += sprintf(to, "[\n");
  while (to < text + TextBytes) {
    seed = seed * 1664525 + 1013904223;
    to += sprintf(to,
                  "  {\"id\": %u, \"name\": \"item %u \\u00e9\\n%c\", \"price\": %u.%02u, "
                  "\"tags\": [\"red\", \"%x\", %s], \"nested\": {\"x\": -%u, \"y\": 1.5e%u}},\n",
                  seed >> 12, seed >> 20, 'a' + seed % 26, seed >> 18, seed % 100, seed,
                  seed & 256 ? "true" : "null", seed >> 25, seed >> 30);
  }
  sprintf(to, "null]\n");
}

int main(void) {
  makeText();
  uint64_t sum = 0;
  for (int round = 0; round < 200; round++) {
    used = 0;
    at = text;
    sum = digest(parse(), sum);
  }
  printf("%016llx %d\n", (unsigned long long)sum, failed);
}
