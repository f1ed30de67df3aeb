// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Allocation: binary trees built, walked and freed.
// Measures: malloc of two C libraries.
#include <stdio.h>
#include <stdlib.h>

struct Tree {
  struct Tree *left, *right;
};

static struct Tree *make(int depth) {
  struct Tree *tree = malloc(sizeof *tree);
  tree->left = depth ? make(depth - 1) : NULL;
  tree->right = depth ? make(depth - 1) : NULL;
  return tree;
}

static int count(const struct Tree *tree) {
  return tree ? 1 + count(tree->left) + count(tree->right) : 0;
}

static void destroy(struct Tree *tree) {
  if (!tree)
    return;
  destroy(tree->left);
  destroy(tree->right);
  free(tree);
}

int main(void) {
  int sum = 0;
  for (int i = 0; i < 100; i++) {
    struct Tree *tree = make(16);
    sum += count(tree);
    destroy(tree);
  }
  printf("%d\n", sum);
}
