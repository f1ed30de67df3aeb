// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Much of the stack: frames with large arrays, alloca, arrays of variable length, and pointers into
// frames below.
#include <alloca.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct Node {
  struct Node *next;
  int32_t value;
} Node;

static uint32_t sumList(const Node *list) {
  uint32_t sum = 0;
  for (; list; list = list->next)
    sum = sum * 33 + (uint32_t)list->value;
  return sum;
}

// A list whose nodes are in the frames of the callers.
static uint32_t inFrames(const Node *callers, int depth) {
  Node node = {(Node *)callers, depth * depth};
  uint32_t sum = depth == 0 ? sumList(&node) : inFrames(&node, depth - 1);
  return sum + (uint32_t)node.value;
}

static uint32_t onOneFrame(int count) {
  Node *list = NULL;
  for (int i = 0; i < count; ++i) {
    Node *node = alloca(sizeof *node);
    *node = (Node){list, i};
    list = node;
  }
  return sumList(list);
}

static uint32_t variableLength(int rows, int columns) {
  uint16_t grid[rows][columns], transposed[columns][rows];
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column)
      grid[row][column] = transposed[column][row] = (uint16_t)(row * 31 + column * 7);
  uint32_t sum = 0;
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column)
      sum =
          sum * 17 + grid[row][column] - transposed[column][row] + grid[row][columns - 1 - column];
  return rows > 1 ? sum + variableLength(rows / 2, columns) : sum;
}

typedef struct {
  uint8_t bytes[4000];
} Large;

__attribute__((noinline)) static Large fill(Large source, int depth) {
  for (unsigned i = 0; i < sizeof source.bytes; i += 1 + depth)
    source.bytes[i] = (uint8_t)(source.bytes[i] * 5 + depth);
  return depth == 0 ? source : fill(source, depth - 1);
}

__attribute__((noinline)) static int64_t variadic(int count, ...) {
  va_list arguments;
  va_start(arguments, count);
  int64_t sum = 0;
  for (int i = 0; i < count; ++i)
    sum = sum * 3 + (i % 3 == 0   ? va_arg(arguments, int)
                     : i % 3 == 1 ? va_arg(arguments, int64_t)
                                  : (int64_t)va_arg(arguments, double));
  va_end(arguments);
  return sum;
}

int main(void) {
  // wasm-ld's default stack has 64 KiB; each step here stays below.
  printf("%" PRIu32 "\n", inFrames(NULL, 700));
  for (int count = 1; count <= 3000; count *= 3)
    printf("%d: %" PRIu32 "\n", count, onOneFrame(count));
  for (int columns = 1; columns < 200; columns += 61)
    printf("%d: %" PRIu32 "\n", columns, variableLength(32, columns));
  Large large;
  memset(&large, 3, sizeof large);
  uint32_t sum = 0;
  large = fill(large, 3);
  for (unsigned i = 0; i < sizeof large.bytes; ++i)
    sum = sum * 31 + large.bytes[i];
  printf("%" PRIu32 "\n", sum);
  printf("%" PRId64 "\n",
         variadic(9, 1, INT64_C(2), 3.0, 4, INT64_C(-5), 6.5, 7, INT64_C(8) << 40, -9e9));
  puts("end");
}
