// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Gauss-Seidel in three dimensions, in place: each point waits for the one before it.
#include <stdio.h>

enum { N = 90, Steps = 200 };
static double t[N][N][N];

int main(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      for (int k = 0; k < N; k++)
        t[i][j][k] = (double)((i * 3 + j * 5 + k * 7) % 23) / 23;
  for (int step = 0; step < Steps; step++)
    for (int i = 1; i < N - 1; i++)
      for (int j = 1; j < N - 1; j++)
        for (int k = 1; k < N - 1; k++)
          t[i][j][k] = (t[i - 1][j][k] + t[i + 1][j][k] + t[i][j - 1][k] + t[i][j + 1][k] +
                        t[i][j][k - 1] + t[i][j][k + 1] + t[i][j][k]) *
                       (1. / 7);
  double sum = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      for (int k = 0; k < N; k++)
        sum += t[i][j][k] * ((i ^ j ^ k) & 3);
  printf("%.6f\n", sum);
}
