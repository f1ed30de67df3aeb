// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Alternating directions: solves tridiagonal systems along the rows, then along the columns.
#include <stdio.h>

enum { N = 500, Steps = 75 };
static double field[N][N], half[N][N], lower[N][N], right[N][N];

// One sweep: eliminates forwards and substitutes backwards, for each line of `from`; the result has
// rows and columns exchanged.
static void sweep(double (*to)[N], double (*from)[N], double a, double b, double c, double e) {
  for (int i = 1; i < N - 1; i++) {
    to[0][i] = 1;
    lower[i][0] = 0;
    right[i][0] = 1;
    for (int j = 1; j < N - 1; j++) {
      double pivot = a * lower[i][j - 1] + b;
      lower[i][j] = -c / pivot;
      right[i][j] = (-e * from[j][i - 1] + (1 + 2 * e) * from[j][i] - e * from[j][i + 1] -
                     a * right[i][j - 1]) /
                    pivot;
    }
    to[N - 1][i] = 1;
    for (int j = N - 2; j >= 1; j--)
      to[j][i] = lower[i][j] * to[j + 1][i] + right[i][j];
  }
}

int main(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      field[i][j] = (double)(i + N - j) / N;
  for (int step = 0; step < Steps; step++) {
    sweep(half, field, -.5, 2, -.5, -.25);
    sweep(field, half, -.5, 2, -.5, -.25);
  }
  double sum = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      sum += field[i][j] * ((i ^ j) & 7);
  printf("%.6f\n", sum);
}
