// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Floating point: divisions and sums of products over vectors on the heap.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double element(int row, int column) {
  return 1.0 / ((row + column) * (row + column + 1) / 2 + row + 1);
}

static void multiply(int count, const double *in, double *out, int transposed) {
  for (int row = 0; row < count; ++row) {
    double sum = 0;
    for (int column = 0; column < count; ++column)
      sum += (transposed ? element(column, row) : element(row, column)) * in[column];
    out[row] = sum;
  }
}

int main(void) {
  enum { COUNT = 300 };
  double *u = malloc(COUNT * sizeof *u), *v = malloc(COUNT * sizeof *v),
         *w = malloc(COUNT * sizeof *w);
  for (int i = 0; i < COUNT; ++i)
    u[i] = 1;
  for (int round = 0; round < 10; ++round) {
    multiply(COUNT, u, w, 0);
    multiply(COUNT, w, v, 1);
    multiply(COUNT, v, w, 0);
    multiply(COUNT, w, u, 1);
  }
  double uv = 0, vv = 0;
  for (int i = 0; i < COUNT; ++i) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  printf("%.17g %a\n", sqrt(uv / vv), uv);
  free(u), free(v), free(w);
}
