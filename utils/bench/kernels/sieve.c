// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The sieve of Eratosthenes: byte stores with a stride.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  const int limit = 20000000;
  int64_t sum = 0;
  for (int round = 0; round < 5; round++) {
    char *prime = malloc(limit + 1);
    memset(prime, 1, limit + 1);
    for (int i = 2; (int64_t)i * i <= limit; i++)
      if (prime[i])
        for (int j = i * i; j <= limit; j += i)
          prime[j] = 0;
    for (int i = 2; i <= limit; i++)
      sum += prime[i];
    free(prime);
  }
  printf("%lld\n", (long long)sum);
}
