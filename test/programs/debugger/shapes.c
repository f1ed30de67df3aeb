// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A program for debuggers: parameters, locals, blocks, structures, an inlined call, a trap.
#include <stdio.h>

struct point {
  int x, y;
  const char *label;
};

static inline int twice(int value) {
  int doubled = value * 2;
  return doubled; // LINE: inlined
}

__attribute__((noinline)) int area(struct point *corner, double scale) {
  int width = corner->x;
  for (int i = 0; i < 3; ++i) {
    int step = i * 10;
    width += step; // LINE: loop
  }
  struct point copy = *corner;
  copy.y += width;
  return copy.y + twice(width) + (int)scale; // LINE: end
}

__attribute__((noinline)) int divide(int numerator, int denominator) {
  return numerator / denominator; // LINE: trap
}

int main(int argc, char **argv) {
  (void)argv;
  struct point corner = {argc + 4, 7, "corner"};
  printf("%d\n", area(&corner, 2.5)); // LINE: call
  return divide(corner.y, argc - 1);
}
