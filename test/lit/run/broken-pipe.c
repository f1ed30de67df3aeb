// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A program whose reader goes away ends, as a native one does.
// RUN: %clang-wasi %s -o %t.wasm && wasm2native %t.wasm -o %t.so
// RUN: sh -c 'wasm2native run %t.so | head -n 1' | FileCheck %s
// CHECK: line
#include <stdio.h>
int main(void) {
  while (1)
    puts("line");
}
