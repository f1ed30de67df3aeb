// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Times searches of several lengths, and copies and fills of lengths that differ from call to call:
// lines "NAME LENGTH NANOSECONDS".
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { calls = 65536, repeats = 15 };
static char text[1 << 17], other[1 << 17];
static uint16_t lengths[calls];
static volatile size_t sink;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

__attribute__((noinline)) static size_t scan(const char *from, char a, char b) {
  const char *at = from;
  while (*at && *at != a && *at != b)
    at++;
  return at - from;
}

static size_t search(int which, const char *from, size_t length) {
  switch (which) {
  case 0:
    return strlen(from);
  case 1:
    return strchr(from, 'q') != NULL;
  case 2:
    return memchr(from, 0, length + 1) != NULL;
  case 3:
    return memcmp(from, other + (length & 15), length + 1);
  case 4:
    return strcmp(from, other + (length & 15));
  default:
    return scan(from, 'a', 'b');
  }
}

static void run(int which, char *to, const char *from, size_t length) {
  if (which == 0)
    memset(to, 7, length);
  else
    memmove(to, from, length);
}

static double timeSearch(int which, int length) {
  const int count = 400000 / (length + 20);
  const double start = now();
  for (int j = 0; j < count; j++) {
    char *from = text + (j * 7 & 63), *end = from + length - (j * 5 & 3);
    *end = 0;
    sink += search(which, from, end - from);
    *end = 'x';
  }
  return (now() - start) / count;
}

static double timeRuns(int which) {
  const double start = now();
  for (int j = 0; j < calls; j++)
    run(which, text + (j * 37 & 0x3fff), other + (j * 53 & 0x3fff), lengths[j]);
  return (now() - start) / calls;
}

int main(void) {
  static const char *const searches[] = {"strlen", "strchr", "memchr", "memcmp", "strcmp", "a loop"};
  static const char *const runs[] = {"memset", "memmove"};
  static const int searched[] = {8, 32, 128, 1024, 16384}, most[] = {16, 64, 128, 512};
  memset(text, 'x', sizeof text);
  memset(other, 'x', sizeof other);
  for (int which = 0; which < 6; which++)
    for (int i = 0; i < 5; i++)
      for (int j = 0; j < repeats; j++)
        printf("%s %d %f\n", searches[which], searched[i], timeSearch(which, searched[i]));
  uint32_t seed = 1;
  for (int i = 0; i < 4; i++) {
    for (int j = 0; j < calls; j++)
      lengths[j] = 1 + ((seed = seed * 1103515245 + 12345) >> 16) % most[i];
    for (int which = 0; which < 2; which++)
      for (int j = 0; j < repeats; j++)
        printf("%s up to %d %f\n", runs[which], most[i], timeRuns(which));
  }
}
