// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Output without a C library, of which there is none that can be placed anywhere.
#pragma once

#define SHARED __attribute__((visibility("default")))

struct Bytes {
  const char *begin;
  unsigned count;
};

__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int
writeBytes(int file, const struct Bytes *bytes, int count, unsigned *written);

/// Prints "TEXT NUMBER".
static inline void say(const char *text, int number) {
  char line[80];
  unsigned count = 0;
  while (text[count] && count < 60) {
    line[count] = text[count];
    ++count;
  }
  line[count++] = ' ';
  unsigned rest = number < 0 ? -(unsigned)number : (unsigned)number;
  char digits[10];
  unsigned digitCount = 0;
  do
    digits[digitCount++] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (number < 0)
    line[count++] = '-';
  while (digitCount)
    line[count++] = digits[--digitCount];
  line[count++] = '\n';
  const struct Bytes bytes = {line, count};
  unsigned written;
  writeBytes(1, &bytes, 1, &written);
}
