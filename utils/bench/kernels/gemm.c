// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Dense matrix multiplication.
#include <stdio.h>

enum { N = 512 };
static double a[N][N], b[N][N], c[N][N];

int main(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = i * .5 + j;
      b[i][j] = i - j * .25;
    }
  for (int round = 0; round < 10; round++)
    for (int i = 0; i < N; i++)
      for (int k = 0; k < N; k++)
        for (int j = 0; j < N; j++)
          c[i][j] += a[i][k] * b[k][j];
  printf("%f\n", c[17][33]);
}
