// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A 5x5 filter over an image of bytes: widening, multiplying, clamping, narrowing.
#include <stdint.h>
#include <stdio.h>

enum { Width = 1024, Height = 768, Radius = 2 };
static uint8_t image[Height][Width], result[Height][Width];
static const int16_t weights[5][5] = {
    {1, 4, 6, 4, 1}, {4, 16, 24, 16, 4}, {6, 24, -40, 24, 6}, {4, 16, 24, 16, 4}, {1, 4, 6, 4, 1}};

int main(void) {
  uint32_t seed = 1, sum = 0;
  for (int y = 0; y < Height; y++)
    for (int x = 0; x < Width; x++)
      image[y][x] = (seed = seed * 1664525 + 1013904223) >> 24;
  for (int round = 0; round < 250; round++) {
    for (int y = Radius; y < Height - Radius; y++)
      for (int x = Radius; x < Width - Radius; x++) {
        int32_t total = 0;
        for (int dy = -Radius; dy <= Radius; dy++)
          for (int dx = -Radius; dx <= Radius; dx++)
            total += image[y + dy][x + dx] * weights[dy + Radius][dx + Radius];
        total >>= 7;
        result[y][x] = total < 0 ? 0 : total > 255 ? 255 : total;
      }
    for (int y = Radius; y < Height - Radius; y++)
      for (int x = Radius; x < Width - Radius; x++)
        image[y][x] = (image[y][x] + result[y][x] + 1) / 2;
  }
  for (int y = 0; y < Height; y++)
    for (int x = 0; x < Width; x++)
      sum = sum * 31 + image[y][x];
  printf("%u\n", sum);
}
