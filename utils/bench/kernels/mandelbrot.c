// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The Mandelbrot set: a loop of floating-point operations with an early end.
#include <stdint.h>
#include <stdio.h>

// Each rounding shows in the result, and wasm has no fused multiplication and addition.
#pragma STDC FP_CONTRACT OFF

int main(void) {
  enum { Size = 640, Limit = 1500 };
  uint32_t sum = 0;
  for (int y = 0; y < Size; y++)
    for (int x = 0; x < Size; x++) {
      double cr = 2.5 * x / Size - 2, ci = 2.5 * y / Size - 1.25, zr = 0, zi = 0;
      int steps = 0;
      while (steps < Limit && zr * zr + zi * zi < 4) {
        double next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = next;
        steps++;
      }
      sum = sum * 7 + steps;
    }
  printf("%u\n", sum);
}
