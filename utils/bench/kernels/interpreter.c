// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A switch in a loop: a small virtual machine.
#include <stdint.h>
#include <stdio.h>

static const uint8_t program[] = {0, 1, 2, 3, 4, 1, 5, 2, 6, 7};

int main(void) {
  int64_t accumulator = 1, x = 3;
  int counter = 0;
  for (int step = 0; step < 300000000; step++) {
    switch (program[counter++]) {
    case 0: accumulator += x; break;
    case 1: accumulator ^= x << 1; break;
    case 2: x += accumulator & 7; break;
    case 3: accumulator -= 5; break;
    case 4: x ^= accumulator >> 3; break;
    case 5: accumulator *= 3; break;
    case 6: x &= 0xffff; break;
    case 7: counter = accumulator & 1; break;
    }
  }
  printf("%lld %lld\n", (long long)accumulator, (long long)x);
}
