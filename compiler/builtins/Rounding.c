// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Rounding to an integer for targets whose baseline has no instruction for it (x86-64 before SSE4.1): core specification, section
// 4.3.3, fceil, ffloor, ftrunc, fnearest. NaNs come out quiet, and the sign of a zero stays.
//
// Adding and subtracting 2^52 (2^23) rounds to nearest, ties to even, in the default rounding mode; larger values are integers already.

#include <stdint.h>

// `Real` with `bits` of fraction; the names are what LLVM calls.
#define ROUNDING(Real, magnitude, suffix)                                                          \
  static inline Real isRounded##suffix(Real x) {                                                   \
    return !(__builtin_fabs(x) < magnitude);                                                       \
  }                                                                                                \
  Real roundeven##suffix(Real x) {                                                                 \
    if (isRounded##suffix(x))                                                                      \
      return x != x ? x + x : x;                                                                   \
    Real biased = (Real)__builtin_copysign(magnitude, x);                                          \
    return (Real)__builtin_copysign((Real)((Real)(x + biased) - biased), x);                       \
  }                                                                                                \
  Real floor##suffix(Real x) {                                                                     \
    Real nearest = roundeven##suffix(x);                                                           \
    return nearest > x ? (Real)__builtin_copysign((Real)(nearest - 1), x) : nearest;               \
  }                                                                                                \
  Real ceil##suffix(Real x) {                                                                      \
    Real nearest = roundeven##suffix(x);                                                           \
    return nearest < x ? (Real)__builtin_copysign((Real)(nearest + 1), x) : nearest;               \
  }                                                                                                \
  Real trunc##suffix(Real x) {                                                                     \
    Real nearest = roundeven##suffix((Real)__builtin_fabs(x));                                     \
    if (nearest > __builtin_fabs(x))                                                               \
      nearest -= 1;                                                                                \
    return (Real)__builtin_copysign(nearest, x);                                                   \
  }

ROUNDING(double, 0x1p52, )
ROUNDING(float, 0x1p23f, f)
