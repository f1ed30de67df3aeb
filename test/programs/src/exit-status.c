// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The exit status, what atexit prints, and output that is still in a buffer.
// ARGUMENTS: 3 5 8
#include <stdio.h>
#include <stdlib.h>

static void last(void) { puts("last"); }
static void first(void) { printf("first, "); }

int main(int argc, char **argv) {
  int sum = 0;
  for (int i = 1; i < argc; ++i)
    sum += atoi(argv[i]);
  atexit(last);
  atexit(first);
  printf("sum %d, ", sum);
  exit(sum * 3);
}
