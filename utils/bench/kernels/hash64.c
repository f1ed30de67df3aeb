// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A 64-bit hash of buffers of many sizes: four lanes of multiply and rotate, then the rest byte by
// byte.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const uint64_t First = 0x9e3779b97f4a7c15u, Second = 0xc2b2ae3d27d4eb4fu,
                      Third = 0x165667b19e3779f9u;

static uint64_t rotate(uint64_t x, int n) { return x << n | x >> (64 - n); }

static uint64_t word(const uint8_t *from) {
  uint64_t value;
  memcpy(&value, from, 8);
  return value;
}

static uint64_t mix(uint64_t lane, uint64_t value) {
  return rotate(lane + value * Second, 29) * First;
}

static uint64_t hash(const uint8_t *from, size_t size, uint64_t seed) {
  const uint8_t *end = from + size;
  uint64_t lanes[4] = {seed + First, seed ^ Second, seed, seed - Third};
  for (; end - from >= 32; from += 32)
    for (int i = 0; i < 4; i++)
      lanes[i] = mix(lanes[i], word(from + 8 * i));
  uint64_t sum = size;
  for (int i = 0; i < 4; i++)
    sum = (sum ^ rotate(lanes[i], 7 + 5 * i)) * Third;
  for (; end - from >= 8; from += 8)
    sum = rotate(sum ^ mix(0, word(from)), 27) * First + Second;
  for (; from < end; from++)
    sum = rotate(sum ^ *from * Third, 11) * First;
  sum = (sum ^ sum >> 33) * Second;
  return sum ^ sum >> 29;
}

static uint8_t data[1 << 16];

int main(void) {
  for (size_t i = 0; i < sizeof data; i++)
    data[i] = i * 131 >> 3;
  uint64_t sum = 0;
  for (int round = 0; round < 9; round++) {
    for (size_t size = 0; size < 2500; size++) // keys
      for (size_t at = 0; at < 64; at += 8)
        sum += hash(data + at * 64, size & 127, sum);
    for (int i = 0; i < 2500000; i++)
      sum ^= hash(data + (i & 4095), i % 61, i);
    for (int i = 0; i < 15000; i++) // blocks
      sum += hash(data + (i & 255), sizeof data / 2 - i, sum);
  }
  printf("%016llx\n", (unsigned long long)sum);
}
