// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Build: -msimd128

// Vectors of 128 bits, written with clang's extensions: an image blend, a matrix by vectors, a
// search, shuffles.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef float Floats __attribute__((vector_size(16)));
typedef int32_t Integers __attribute__((vector_size(16)));
typedef uint8_t Bytes __attribute__((vector_size(16)));
typedef uint16_t Halves __attribute__((vector_size(16)));
typedef uint8_t EightBytes __attribute__((vector_size(8)));

enum { Pixels = 1 << 16 };
static Bytes front[Pixels / 16], back[Pixels / 16];
static Floats matrix[4] = {
    {.9f, .1f, 0, .01f}, {-.1f, .9f, .02f, 0}, {0, -.02f, .95f, .1f}, {.01f, 0, -.1f, .9f}};
static Floats points[4096];

static Bytes average(Bytes a, Bytes b, int weight) {
  Halves aLow =
      __builtin_convertvector(__builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7), Halves);
  Halves aHigh =
      __builtin_convertvector(__builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15), Halves);
  Halves bLow =
      __builtin_convertvector(__builtin_shufflevector(b, b, 0, 1, 2, 3, 4, 5, 6, 7), Halves);
  Halves bHigh =
      __builtin_convertvector(__builtin_shufflevector(b, b, 8, 9, 10, 11, 12, 13, 14, 15), Halves);
  Halves low = (aLow * (uint16_t)weight + bLow * (uint16_t)(256 - weight)) >> 8;
  Halves high = (aHigh * (uint16_t)weight + bHigh * (uint16_t)(256 - weight)) >> 8;
  EightBytes lowBytes = __builtin_convertvector(low, EightBytes),
             highBytes = __builtin_convertvector(high, EightBytes);
  return __builtin_shufflevector(lowBytes, highBytes, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
                                 14, 15);
}

static Floats transform(Floats point) {
  Floats sum = matrix[0] * __builtin_shufflevector(point, point, 0, 0, 0, 0);
  sum += matrix[1] * __builtin_shufflevector(point, point, 1, 1, 1, 1);
  sum += matrix[2] * __builtin_shufflevector(point, point, 2, 2, 2, 2);
  return sum + matrix[3] * __builtin_shufflevector(point, point, 3, 3, 3, 3);
}

static int64_t countBytes(uint8_t wanted) {
  Bytes needle = wanted - (Bytes){0};
  int64_t total = 0;
  for (int i = 0; i < Pixels / 16;) {
    Bytes sums = {0};
    for (int end = i + 128; i < end; i++)
      sums -= (Bytes)(front[i] == needle);
    for (int lane = 0; lane < 16; lane++)
      total += sums[lane];
  }
  return total;
}

static Integers largest(Integers state) {
  for (int i = 0; i < 4096; i++) {
    Integers value = __builtin_convertvector(points[i] * 1000.f, Integers);
    Integers greater = value > state;
    state = (value & greater) | (state & ~greater);
    state ^= __builtin_shufflevector(value, value, 1, 0, 3, 2) & 1;
  }
  return state;
}

int main(void) {
  uint32_t seed = 1;
  for (int i = 0; i < Pixels / 16; i++)
    for (int lane = 0; lane < 16; lane++) {
      front[i][lane] = (seed = seed * 1664525 + 1013904223) >> 24;
      back[i][lane] = seed >> 16;
    }
  for (int i = 0; i < 4096; i++)
    for (int lane = 0; lane < 4; lane++)
      points[i][lane] = (float)((i * 7 + lane * 13) % 101) / 101;
  int64_t sum = 0;
  Integers state = {0};
  for (int round = 0; round < 18000; round++) {
    for (int i = 0; i < Pixels / 16; i++)
      front[i] = average(front[i], back[i], (round & 127) + 64);
    for (int i = 0; i < 4096; i++)
      points[i] = transform(points[i]) + .001f;
    sum += countBytes(round);
    state = largest(state);
    if (round % 64 == 63)
      for (int i = 0; i < Pixels / 16; i++)
        back[i] = ~__builtin_shufflevector(back[i], front[i], 3, 17, 5, 19, 0, 16, 2, 18, 9, 25, 11,
                                           27, 13, 29, 15, 31);
  }
  printf("%lld %d %d %.6f\n", (long long)sum, state[0], state[3], points[100][2]);
}
