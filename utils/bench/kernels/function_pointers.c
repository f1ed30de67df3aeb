// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls through a table of functions that the compiler cannot see through.
#include <stdint.h>
#include <stdio.h>

typedef uint32_t (*Step)(uint32_t);

static uint32_t triple(uint32_t x) { return x * 3 + 1; }
static uint32_t fold(uint32_t x) { return x ^ (x >> 3); }
static uint32_t add(uint32_t x) { return x + 7; }
static uint32_t spread(uint32_t x) { return (x << 5) - x; }

static volatile Step steps[4] = {triple, fold, add, spread};

int main(void) {
  uint32_t x = 1;
  for (int i = 0; i < 300000000; i++)
    x = steps[(x >> 4) & 3](x);
  printf("%u\n", x);
}
