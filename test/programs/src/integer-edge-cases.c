// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Integer operations at the ends of their ranges, in 8 to 128 bits, wherever C defines the result.
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

// Optimizers must not compute the results: operands come from memory that could change.
static volatile int64_t operands[] = {
    0,         1,         -1,        2,         -2,           3,     -7,    10,        127,
    128,       -128,      -129,      255,       256,          32767, 32768, -32768,    65535,
    INT32_MAX, INT32_MIN, 1LL << 31, 1LL << 32, -(1LL << 32), 1e18,  -1e18, INT64_MAX, INT64_MIN};
enum { OPERANDS = sizeof operands / sizeof *operands };

static uint64_t mix(uint64_t checksum, uint64_t value) {
  checksum ^= value;
  checksum *= 0x9e3779b97f4a7c15u;
  return checksum ^ checksum >> 29;
}

#define BINARY_OPERATIONS(NAME, SIGNED, UNSIGNED, BITS)                                            \
  static uint64_t NAME(int64_t left, int64_t right) {                                              \
    SIGNED a = (SIGNED)left, b = (SIGNED)right;                                                    \
    UNSIGNED ua = (UNSIGNED)left, ub = (UNSIGNED)right;                                            \
    uint64_t sum = mix(1, (UNSIGNED)(ua + ub));                                                    \
    sum = mix(sum, (UNSIGNED)(ua - ub));                                                           \
    sum = mix(sum, (UNSIGNED)((uint64_t)ua * ub));                                                 \
    if (b != 0 && !(b == -1 && a == (SIGNED)((UNSIGNED)1 << (BITS - 1))))                          \
      sum = mix(mix(sum, (uint64_t)(int64_t)(a / b)), (uint64_t)(int64_t)(a % b));                 \
    if (ub != 0)                                                                                   \
      sum = mix(mix(sum, ua / ub), ua % ub);                                                       \
    unsigned count = ub % BITS;                                                                    \
    sum = mix(sum, (UNSIGNED)(ua << count));                                                       \
    sum = mix(sum, ua >> count);                                                                   \
    sum = mix(sum, (uint64_t)(int64_t)(a >> count));                                               \
    sum = mix(sum, (UNSIGNED)(ua << count | ua >> (BITS - count) % BITS));                         \
    sum = mix(sum, (UNSIGNED)((ua & ub) | (ua ^ ~ub)));                                            \
    sum = mix(sum, (a < b) | (a <= b) << 1 | (a == b) << 2 | (ua < ub) << 3 | (ua <= ub) << 4);    \
    return sum;                                                                                    \
  }

BINARY_OPERATIONS(binary8, int8_t, uint8_t, 8)
BINARY_OPERATIONS(binary16, int16_t, uint16_t, 16)
BINARY_OPERATIONS(binary32, int32_t, uint32_t, 32)
BINARY_OPERATIONS(binary64, int64_t, uint64_t, 64)

static uint64_t binary128(int64_t left, int64_t right) {
  __int128 a = (__int128)left * right, b = (__int128)right << 7;
  unsigned __int128 ua = (unsigned __int128)left << 64 | (uint64_t)right, ub = (uint64_t)right;
  unsigned __int128 values[] = {ua * ub,
                                ua + (unsigned __int128)a,
                                ua >> (right & 127),
                                ua << (right & 127),
                                a >> (left & 127),
                                b ? a / b : 0,
                                b ? a % b : 0,
                                ub ? ua / ub : 0,
                                ub ? ua % ub : 0,
                                a < b,
                                ua < ub};
  uint64_t sum = 2;
  for (unsigned i = 0; i < sizeof values / sizeof *values; ++i)
    sum = mix(mix(sum, values[i] >> 64), values[i]);
  return sum;
}

static void printBits(uint64_t value) {
  uint32_t low = (uint32_t)value;
  printf("%016" PRIx64 ": popcount %d %d", value, __builtin_popcountll(value),
         __builtin_popcount(low));
  if (value)
    printf(", leading %d, trailing %d", __builtin_clzll(value), __builtin_ctzll(value));
  if (low)
    printf(", of 32: %d %d", __builtin_clz(low), __builtin_ctz(low));
  printf(", swapped %016" PRIx64 " %08" PRIx32, __builtin_bswap64(value), __builtin_bswap32(low));
  printf(", extended %" PRId32 " %" PRId32 " %" PRId64 "\n", (int8_t)value, (int16_t)value,
         (int64_t)(int32_t)value);
}

static void overflow(int64_t a, int64_t b) {
  int32_t narrow;
  int64_t wide;
  uint64_t natural;
  int flags = __builtin_add_overflow((int32_t)a, (int32_t)b, &narrow);
  flags = flags << 1 | __builtin_mul_overflow((int32_t)a, (int32_t)b, &narrow);
  flags = flags << 1 | __builtin_add_overflow(a, b, &wide);
  flags = flags << 1 | __builtin_sub_overflow(a, b, &wide);
  flags = flags << 1 | __builtin_mul_overflow(a, b, &wide);
  flags = flags << 1 | __builtin_mul_overflow((uint64_t)a, (uint64_t)b, &natural);
  printf("%02x%s", (unsigned)flags, b == operands[OPERANDS - 1] ? "\n" : " ");
}

int main(void) {
  uint64_t (*const functions[])(int64_t, int64_t) = {binary8, binary16, binary32, binary64,
                                                     binary128};
  for (int i = 0; i < OPERANDS; ++i) {
    printf("%20" PRId64, operands[i]);
    for (int function = 0; function < 5; ++function) {
      uint64_t sum = 0;
      for (int j = 0; j < OPERANDS; ++j)
        sum = mix(sum, functions[function](operands[i], operands[j]));
      printf(" %016" PRIx64, sum);
    }
    puts("");
  }
  for (int i = 0; i < OPERANDS; ++i)
    printBits(operands[i]);
  for (int i = 0; i < OPERANDS; ++i)
    for (int j = 0; j < OPERANDS; ++j)
      overflow(operands[i], operands[j]);
}
