// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Division of 128-bit integers. No instruction of wasm needs it, but LLVM divides by constants in
// that width when it computes how often a loop with several exits runs.

#include <stdint.h>

typedef unsigned __int128 Wide;

static Wide divide(Wide dividend, Wide divisor, Wide *remainder) {
  // Counts are mostly of 32-bit indices.
  if ((dividend | divisor) >> 64 == 0) {
    *remainder = (uint64_t)dividend % (uint64_t)divisor;
    return (uint64_t)dividend / (uint64_t)divisor;
  }
  Wide quotient = 0, rest = 0;
  for (int bit = 127; bit >= 0; --bit) {
    const int carry = (int)(rest >> 127);
    rest = rest << 1 | (dividend >> bit & 1);
    quotient <<= 1;
    if (carry || rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
  }
  *remainder = rest;
  return quotient;
}

Wide __udivti3(Wide dividend, Wide divisor) {
  Wide remainder;
  return divide(dividend, divisor, &remainder);
}

Wide __umodti3(Wide dividend, Wide divisor) {
  Wide remainder;
  divide(dividend, divisor, &remainder);
  return remainder;
}
