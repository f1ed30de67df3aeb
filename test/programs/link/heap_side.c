// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "say.h"

typedef unsigned long Size;
void *malloc(Size bytes);
char *strcpy(char *to, const char *from);
Size strlen(const char *text);

SHARED int sideNumbers[50000];

__attribute__((constructor)) static void construct(void) {
  for (int i = 0; i < 50000; ++i)
    sideNumbers[i] = i * 7;
}

SHARED int sideIsWhole(void) {
  for (int i = 0; i < 50000; ++i)
    if (sideNumbers[i] != i * 7)
      return 0;
  return 1;
}

SHARED char *sideCopy(const char *text) { return strcpy(malloc(strlen(text) + 1), text); }
