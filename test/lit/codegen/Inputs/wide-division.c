// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Compares compiler/builtins/Division.c, under other names, with the division of the native compiler's library.
#define __udivti3 quotientOf
#define __umodti3 remainderOf
#include "../../../../compiler/builtins/Division.c"
#undef __udivti3
#undef __umodti3

#include <stdio.h>

static uint64_t state = 88172645463325252u;

static uint64_t draw(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

// Numbers of all lengths, so that quotients have all lengths, too.
static Wide drawWide(void) { return ((Wide)draw() << 64 | draw()) >> (draw() % 128); }

int main(void) {
  for (int i = 0; i < 200000; ++i) {
    Wide dividend = drawWide(), divisor = drawWide();
    if (divisor == 0)
      continue;
    if (quotientOf(dividend, divisor) != dividend / divisor ||
        remainderOf(dividend, divisor) != dividend % divisor) {
      printf("wrong in draw %d\n", i);
      return 1;
    }
  }
  puts("the same");
}
