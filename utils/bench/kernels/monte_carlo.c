// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Random numbers (xoshiro-like) and what simulations do with them: floats from bits, rejection, a
// walk, integer division.
#include <math.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t state[4] = {1, 2, 3, 4};

static uint64_t rotate(uint64_t x, int n) { return x << n | x >> (64 - n); }

static uint64_t next(void) {
  uint64_t result = rotate(state[1] * 5, 7) * 9, kept = state[1] << 17;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= kept;
  state[3] = rotate(state[3], 45);
  return result;
}

static double uniform(void) { return (next() >> 11) * 0x1p-53; }

int main(void) {
  int inside = 0, visits[64] = {0};
  double most = 0, price = 100, least = 1;
  for (int i = 0; i < 50000000; i++) {
    double x = uniform(), y = uniform();
    inside += x * x + y * y < 1;
    most = x > most ? x : most;
    least = fmin(least, y);
  }
  int32_t at = 0;
  for (int i = 0; i < 30000000; i++) {
    at = (int32_t)(floor(uniform() * 7) - 3) + at;
    visits[(uint32_t)at % 61]++;
    price *= 1 + (uniform() - .5) * .001;
    if (price < 50 || price > 200)
      price = 100;
  }
  uint32_t sum = 0;
  for (int i = 0; i < 64; i++)
    sum = sum * 31 + visits[i];
  printf("%d %.12f %.12f %.9f %u\n", inside, most, least, price, sum);
}
