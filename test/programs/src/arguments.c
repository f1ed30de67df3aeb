// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Arguments and environment, byte for byte and in order.
// ARGUMENTS: one --two=2 -- -x ünïcödé * $HOME
// ENVIRONMENT: LANG=C EMPTY= PAIR=a=b PATH=/nowhere
#include <stdio.h>
#include <stdlib.h>

extern char **environ;

int main(int argc, char **argv) {
  printf("%d\n", argc);
  for (int i = 1; i <= argc; ++i)
    printf("argument %d: %s\n", i, argv[i] ? argv[i] : "(null)");
  for (char **variable = environ; *variable; ++variable)
    puts(*variable);
  setenv("PAIR", "changed", 1);
  unsetenv("LANG");
  const char *names[] = {"PAIR", "LANG", "EMPTY", "HOME"};
  for (int i = 0; i < 4; ++i) {
    const char *value = getenv(names[i]);
    printf("%s is %s\n", names[i], value ? value : "not set");
  }
}
