// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// malloc, realloc and free in an order that fragments the heap; strings through most of printf's
// conversions.
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *text;
  size_t length, capacity;
} Builder;

static void append(Builder *builder, const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  size_t needed = builder->length + vsnprintf(NULL, 0, format, arguments) + 1;
  if (needed > builder->capacity)
    builder->text = realloc(builder->text, builder->capacity = needed * 3 / 2);
  builder->length +=
      vsnprintf(builder->text + builder->length, needed - builder->length, format, again);
  va_end(again);
  va_end(arguments);
}

static uint32_t hash(const char *text) {
  uint32_t value = 2166136261u;
  for (; *text; ++text)
    value = (value ^ (unsigned char)*text) * 16777619u;
  return value;
}

static void conversions(void) {
  Builder builder = {0};
  append(&builder, "[%5d|%-5d|%05d|%+d|% d]", 42, 42, 42, 42, 42);
  append(&builder, "[%x|%X|%#o|%#x|%c]", 0xbeefu, 0xbeefu, 8u, 255u, 'w');
  append(&builder, "[%" PRId64 "|%" PRIu64 "]", INT64_MIN, UINT64_MAX);
  append(&builder, "[%.3f|%10.2e|%g|%g|%a]", 3.14159, 12345.678, 1e-10, 1e20, 0.1);
  append(&builder, "[%f|%f|%g]", 1.0 / 0.0, -1.0 / 0.0, -0.0);
  append(&builder, "[%s|%10s|%-10s|%.2s|%*d]", "text", "right", "left", "cut", 7, 7);
  puts(builder.text);
  int day, month, year, count;
  double fraction;
  count = sscanf("2024-02-29 0.125", "%d-%d-%d %lf", &year, &month, &day, &fraction);
  printf("%d: %d/%d/%d %g\n", count, day, month, year, fraction);
  free(builder.text);
}

static void fragment(void) {
  enum { SLOTS = 500, STEPS = 60000 };
  static char *slots[SLOTS];
  uint32_t random = 1, checksum = 0;
  for (int step = 0; step < STEPS; ++step) {
    random = random * 1664525u + 1013904223u;
    uint32_t slot = (random >> 8) % SLOTS, size = 12 + (random >> 17) % 3000;
    if (slots[slot])
      checksum = checksum * 31 + hash(slots[slot]);
    switch (random >> 30) {
    case 0:
      free(slots[slot]);
      slots[slot] = NULL;
      break;
    case 1:
      free(slots[slot]);
      slots[slot] = calloc(size, 1);
      break;
    default:
      slots[slot] = realloc(slots[slot], size);
      snprintf(slots[slot], size, "%d-%u", step, slot);
    }
  }
  for (int slot = 0; slot < SLOTS; ++slot)
    free(slots[slot]);
  printf("checksum %08" PRIx32 "\n", checksum);
}

static void words(void) {
  char text[] = "the quick brown fox jumps over the lazy dog while the cat sleeps";
  char *all[16];
  int count = 0;
  for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
    all[count++] = strdup(word);
  for (int i = 0; i < count; ++i) {
    printf("%s %zu %08" PRIx32 "%s", all[i], strspn(all[i], "abcdefghijklm"), hash(all[i]),
           strstr(all[i], "o") ? " o" : "");
    putchar(strcmp(all[i], all[(i + 1) % count]) < 0 ? '<' : '>');
    putchar('\n');
  }
  for (int i = 0; i < count; ++i)
    free(all[i]);
}

int main(void) {
  conversions();
  fragment();
  words();
}
