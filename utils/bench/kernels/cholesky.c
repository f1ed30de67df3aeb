// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The Cholesky factor of a symmetric matrix: dot products of rows that must be added in order.
#include <math.h>
#include <stdio.h>

enum { N = 900 };
static double a[N][N];

int main(void) {
  double sum = 0;
  for (int round = 0; round < 4; round++) {
    for (int i = 0; i < N; i++)
      for (int j = 0; j <= i; j++)
        a[i][j] = i == j ? N + round : (double)(i * j % 17) / 17;
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < i; j++) {
        for (int k = 0; k < j; k++)
          a[i][j] -= a[i][k] * a[j][k];
        a[i][j] /= a[j][j];
      }
      for (int k = 0; k < i; k++)
        a[i][i] -= a[i][k] * a[i][k];
      a[i][i] = sqrt(a[i][i]);
    }
    sum += a[N - 1][N - 1] + a[N / 2][N / 3];
  }
  printf("%.9f\n", sum);
}
