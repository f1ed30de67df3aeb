// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The C library's string functions: the native ones use vectors, wasi-libc's are loops over bytes and words.
// Measures: string functions of two C libraries.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  const size_t bytes = 1 << 20;
  char *text = malloc(bytes);
  uint32_t seed = 1, total = 0;
  for (int round = 0; round < 600; round++) {
    char *end = text;
    for (int i = 0; i < 20000 && end + 64 < text + bytes; i++) {
      seed = seed * 1103515245 + 12345;
      int length = 5 + (seed >> 16) % 40;
      memset(end, 'a' + (seed >> 8) % 26, length);
      end += length;
      *end++ = i % 10 == 9 ? '\n' : ' ';
    }
    *end = 0;
    for (char *word = strtok(text, " \n"); word; word = strtok(NULL, " \n")) {
      total += strlen(word);
      total += strchr(word, 'q') != NULL;
    }
  }
  printf("%u\n", total);
}
