// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Permutations, and how many reversals of prefixes bring 0 to the front: small arrays, indices from
// memory.
#include <stdio.h>

enum { N = 10 };

int main(void) {
  int order[N], work[N], count[N], most = 0, checksum = 0, depth = N;
  for (int i = 0; i < N; i++)
    order[i] = i;
  for (int parity = 0;; parity ^= 1) {
    for (; depth > 1; depth--)
      count[depth - 1] = depth;
    for (int i = 0; i < N; i++)
      work[i] = order[i];
    int flips = 0;
    for (int first; (first = work[0]); flips++)
      for (int low = 0, high = first; low < high; low++, high--) {
        int kept = work[low];
        work[low] = work[high];
        work[high] = kept;
      }
    most = flips > most ? flips : most;
    checksum += parity ? -flips : flips;
    for (;; depth++) {
      if (depth == N) {
        printf("%d %d\n", checksum, most);
        return 0;
      }
      int front = order[0];
      for (int i = 0; i < depth; i++)
        order[i] = order[i + 1];
      order[depth] = front;
      if (--count[depth] > 0)
        break;
    }
  }
}
