// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Everything after the file is the program's, options too; one -- right after the file is not.
// RUN: %clang-wasi %s -o %t.wasm && wasm2native %t.wasm -o %t.so
// RUN: wasm2native run %t.so --help -O9 x -- y | FileCheck %s
// CHECK: [--help][-O9][x][--][y]
// RUN: wasm2native run -- %t.so -- --env | FileCheck --check-prefix=DASHES %s
// DASHES: [--env]
#include <stdio.h>
int main(int count, char **arguments) {
  for (int i = 1; i < count; ++i)
    printf("[%s]", arguments[i]);
  puts("");
}
