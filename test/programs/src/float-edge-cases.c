// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Floating point where IEEE 754 leaves no choice: zeros, denormals, infinities, NaNs, conversions.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// Optimizers must not compute the results: operands come from memory that could change.
static volatile double operands[] = {0.0,
                                     -0.0,
                                     1.0,
                                     -1.0,
                                     0.5,
                                     -0.5,
                                     1.5,
                                     2.5,
                                     -2.5,
                                     0.49999999999999994,
                                     1e-310,
                                     -4.9406564584124654e-324,
                                     2.2250738585072014e-308,
                                     1.7976931348623157e308,
                                     4503599627370495.5,
                                     9007199254740993.0,
                                     -2147483648.5,
                                     4294967295.9,
                                     3.4028235677973366e38,
                                     1e-45,
                                     0.1,
                                     INFINITY,
                                     -INFINITY,
                                     NAN};
enum { OPERANDS = sizeof operands / sizeof *operands };

// Sign and payload of a NaN are not defined, all other bits are.
static uint64_t bits64(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return isnan(value) ? 0x7ff8000000000000 : bits;
}

static uint32_t bits32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return isnan(value) ? 0x7fc00000 : bits;
}

static void unary(double x) {
  printf("%.17g: %016" PRIx64 "\n ", x == x ? x : 0.0, bits64(x));
  double results[] = {floor(x), ceil(x),  trunc(x),         nearbyint(x),      rint(x), round(x),
                      sqrt(x),  fabs(-x), copysign(1.0, x), nextafter(x, 1e9), -x};
  for (unsigned i = 0; i < sizeof results / sizeof *results; ++i)
    printf(" %016" PRIx64, bits64(results[i]));
  float narrow = (float)x;
  float narrowed[] = {narrow,         floorf(narrow),     ceilf(narrow),
                      truncf(narrow), nearbyintf(narrow), sqrtf(narrow),
                      -narrow,        narrow * narrow};
  printf("\n ");
  for (unsigned i = 0; i < sizeof narrowed / sizeof *narrowed; ++i)
    printf(" %08" PRIx32, bits32(narrowed[i]));
  int exponent = 0;
  double whole = 0, fraction = modf(x, &whole);
  printf("\n  class %d%d%d%d%d", !!isnan(x), !!isinf(x), !!isfinite(x), !!isnormal(x),
         !!signbit(x) && x == x);
  printf(" modf %016" PRIx64 " %016" PRIx64, bits64(fraction), bits64(whole));
  if (isfinite(x)) {
    printf(" frexp %a", frexp(x, &exponent));
    printf(" %d ldexp", exponent);
    printf(" %016" PRIx64 " %016" PRIx64 " %016" PRIx64, bits64(ldexp(x, 3)),
           bits64(ldexp(x, -1070)), bits64(scalbn(x, 1000)));
  }
  puts("");
}

static void binary(double x, double y) {
  double results[] = {
      x + y, x - y, x * y, x / y, fmod(x, y), remainder(x, y), fmin(x, y) + 0.0, fmax(x, y) + 0.0};
  uint64_t sum = 1;
  for (unsigned i = 0; i < sizeof results / sizeof *results; ++i)
    sum = (sum ^ bits64(results[i])) * 0x9e3779b97f4a7c15u, sum ^= sum >> 31;
  float a = (float)x, b = (float)y;
  float narrow[] = {a + b, a - b, a * b, a / b, fmodf(a, b)};
  for (unsigned i = 0; i < sizeof narrow / sizeof *narrow; ++i)
    sum = (sum ^ bits32(narrow[i])) * 0x9e3779b97f4a7c15u, sum ^= sum >> 31;
  int order =
      (x < y) | (x <= y) << 1 | (x == y) << 2 | (x != y) << 3 | (x > y) << 4 | (x >= y) << 5;
  printf("%08" PRIx32 "%02x%s", (uint32_t)sum, (unsigned)order, isnan(y) ? "\n" : " ");
}

// Only what is in range: C defines nothing else.
static void toIntegers(double x) {
  if (x > -2147483649.0 && x < 2147483648.0)
    printf(" %" PRId32, (int32_t)x);
  if (x > -1.0 && x < 4294967296.0)
    printf(" %" PRIu32, (uint32_t)x);
  if (x >= -0x1p63 && x < 0x1p63)
    printf(" %" PRId64, (int64_t)x);
  if (x > -1.0 && x < 0x1p64)
    printf(" %" PRIu64, (uint64_t)x);
  puts("");
}

static void fromIntegers(uint64_t x) {
  printf("%016" PRIx64 ": %a %a %a %a %a %a\n", x, (double)x, (double)(int64_t)x, (float)x,
         (float)(int64_t)x, (double)(uint32_t)x, (float)(int32_t)x);
}

static double determinant(double matrix[5][5]) {
  double product = 1;
  for (int column = 0; column < 5; ++column) {
    int pivot = column;
    for (int row = column; row < 5; ++row)
      if (fabs(matrix[row][column]) > fabs(matrix[pivot][column]))
        pivot = row;
    for (int i = 0; i < 5; ++i) {
      double swap = matrix[pivot][i];
      matrix[pivot][i] = matrix[column][i], matrix[column][i] = swap;
    }
    product *= (pivot == column ? 1 : -1) * matrix[column][column];
    for (int row = column + 1; row < 5; ++row) {
      double factor = matrix[row][column] / matrix[column][column];
      for (int i = column; i < 5; ++i)
        matrix[row][i] -= factor * matrix[column][i];
    }
  }
  return product;
}

int main(void) {
  for (int i = 0; i < OPERANDS; ++i)
    unary(operands[i]);
  for (int i = 0; i < OPERANDS; ++i)
    for (int j = 0; j < OPERANDS; ++j)
      binary(operands[i], operands[j]);
  for (int i = 0; i < OPERANDS; ++i)
    toIntegers(operands[i]);
  static volatile uint64_t integers[] = {0,
                                         1,
                                         UINT64_MAX,
                                         INT64_MAX,
                                         1ull << 63,
                                         INT32_MAX,
                                         16777217,
                                         16777219,
                                         1ull << 31,
                                         UINT32_MAX,
                                         (1ull << 53) + 1,
                                         (1ull << 54) + 6,
                                         0x8000008000000001,
                                         0x7fffff4000000001};
  for (unsigned i = 0; i < sizeof integers / sizeof *integers; ++i)
    fromIntegers(integers[i]);
  double matrix[5][5];
  for (int round = 1; round <= 5; ++round) {
    for (int i = 0; i < 25; ++i)
      matrix[i / 5][i % 5] = operands[2 + (i * i + i / 5 + round) % 7] + i * round % 11;
    printf("determinant %a\n", determinant(matrix));
  }
}
