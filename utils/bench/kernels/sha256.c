// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The rounds of SHA-256: 32-bit rotations and additions.
#include <stdint.h>
#include <stdio.h>

static uint32_t rotate(uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

int main(void) {
  uint32_t state[8] = {1, 2, 3, 4, 5, 6, 7, 8}, w[64];
  for (uint32_t block = 0; block < 1000000; block++) {
    for (int i = 0; i < 16; i++)
      w[i] = block * i;
    for (int i = 16; i < 64; i++)
      w[i] = w[i - 16] + w[i - 7] +
             (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3)) +
             (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10));
    uint32_t s[8];
    for (int i = 0; i < 8; i++)
      s[i] = state[i];
    for (int i = 0; i < 64; i++) {
      uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) +
                    ((s[4] & s[5]) ^ (~s[4] & s[6])) + w[i] + 0x428a2f98u * i;
      uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) +
                    ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      for (int k = 7; k > 0; k--)
        s[k] = s[k - 1];
      s[4] += t1;
      s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++)
      state[i] += s[i];
  }
  printf("%u\n", state[0] ^ state[7]);
}
