// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// All shortest paths: integer minima over a matrix.
#include <stdint.h>
#include <stdio.h>

enum { N = 500 };
static int32_t paths[N][N];

int main(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      paths[i][j] = (i + j) % 13 == 0 || (i + j) % 7 == 0 ? 999 : i * j % 7 + 1;
  for (int round = 0; round < 5; round++)
    for (int k = 0; k < N; k++)
      for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
          int32_t detour = paths[i][k] + paths[k][j];
          if (detour < paths[i][j])
            paths[i][j] = detour;
        }
  int64_t sum = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      sum += paths[i][j];
  printf("%lld\n", (long long)sum);
}
