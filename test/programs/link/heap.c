// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A program with the C library, whose heap begins where its memory ends: no data of others may be there.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int sideNumbers[50000];
int sideIsWhole(void);
char *sideCopy(const char *text);

int main(void) {
  unsigned long bytes = 0;
  for (unsigned i = 1; i < 400; ++i) {
    char *block = malloc(i * 37);
    if (!block)
      return 1;
    memset(block, 0xaa, i * 37);
    bytes += i * 37;
  }
  char *large = calloc(1, 3 << 20);
  for (unsigned i = 0; i < 3 << 20; ++i)
    if (large[i])
      return 2;
  memset(large, 0xbb, 3 << 20);
  char *copy = sideCopy("the side's copy");
  printf("%lu bytes, whole: %d, %d, %s\n", bytes, sideIsWhole(), sideNumbers[49999], copy);
  free(copy);
  return 0;
}
