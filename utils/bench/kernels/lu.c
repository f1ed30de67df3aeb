// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Gaussian elimination by rows: `row -= factor * pivot row`, which vectorizes, with a bound that
// moves.
#include <stdio.h>

enum { N = 700 };
static double a[N][N];

int main(void) {
  double sum = 0;
  for (int round = 0; round < 12; round++) {
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++)
        a[i][j] = i == j ? N + round : (double)((i * 7 + j * 13) % 31) / 31;
    for (int k = 0; k < N; k++)
      for (int i = k + 1; i < N; i++) {
        double factor = a[i][k] /= a[k][k];
        for (int j = k + 1; j < N; j++)
          a[i][j] -= factor * a[k][j];
      }
    sum += a[N - 1][N - 1] + a[N / 2][N / 3];
  }
  printf("%.9f\n", sum);
}
