// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The program's environment is what --env gives, and nothing of the host's.
// RUN: %clang-wasi %s -o %t.wasm && wasm2native %t.wasm -o %t.so
// A name alone is a variable of the command's, if it has it.
// RUN: env ONE=1 wasm2native run --env ONE --env NOT_THERE_AT_ALL %t.so | FileCheck --check-prefix=NAMED %s
// NAMED: ONE=1
// NAMED-NEXT: 1 variables
// RUN: wasm2native run --env A=1 --env 'B=x=y,z' --env EMPTY= %t.so | FileCheck %s
// CHECK: A=1
// CHECK-NEXT: B=x=y,z
// CHECK-NEXT: EMPTY=
// CHECK-NEXT: 3 variables
// RUN: wasm2native run %t.so | FileCheck --check-prefix=NONE %s
// NONE: 0 variables
#include <stdio.h>
extern char **environ;
int main(void) {
  int count = 0;
  for (char **variable = environ; variable && *variable; ++variable, ++count)
    puts(*variable);
  printf("%d variables\n", count);
}
