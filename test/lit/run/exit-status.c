// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The program's exit status is the command's, however it ends.
// RUN: %clang-wasi %s -o %t.wasm && wasm2native %t.wasm -o %t.so
// RUN: wasm2native run %t.so
// RUN: sh -c 'wasm2native run %t.so return; echo $?; wasm2native run %t.so exit; echo $?; wasm2native run %t.so abort; echo $?' 2>&1 | FileCheck %s
// CHECK: 3
// CHECK: from atexit
// CHECK: 77
// CHECK: trap: unreachable
// CHECK: 134
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void bye(void) { puts("from atexit"); }
int main(int count, char **arguments) {
  if (count == 1)
    return 0;
  if (!strcmp(arguments[1], "return"))
    return 3;
  if (!strcmp(arguments[1], "abort"))
    abort();
  atexit(bye);
  exit(77);
}
