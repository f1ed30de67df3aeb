// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A five-point stencil.
#include <stdio.h>

enum { N = 1000 };
static double a[N][N], b[N][N];

static void relax(double (*to)[N], double (*from)[N]) {
  for (int i = 1; i < N - 1; i++)
    for (int j = 1; j < N - 1; j++)
      to[i][j] = 0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] + from[i + 1][j] +
                        from[i - 1][j]);
}

int main(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = i * (j + 2.0) / N;
      b[i][j] = i * (j + 3.0) / N;
    }
  for (int step = 0; step < 300; step++) {
    relax(b, a);
    relax(a, b);
  }
  printf("%f\n", a[500][300]);
}
