// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Reads the file that it is given, and prints what came of it.
#include <errno.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  char text[64] = "";
  FILE *file = fopen(argc > 1 ? argv[1] : "", "r");
  if (!file)
    return printf("%s\n", strerror(errno)) < 0;
  fgets(text, sizeof(text), file);
  printf("read %s\n", text);
  return 0;
}
