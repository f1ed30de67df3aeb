// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// -g: a trap names its line at every level, also where a function that has no lines itself, as those of the linker and
// of a C library without debug information, has taken in the one that traps.
// RUN: %clang-wasi -g -O0 %s -o %t.wasm
// RUN: wasm2native -g -O0 %t.wasm -o %t.so && not wasm2native run %t.so 2>&1 | FileCheck %s
// RUN: wasm2native -g -O2 %t.wasm -o %t.so && not wasm2native run %t.so 2>&1 | FileCheck %s
// RUN: wasm2native -g -O3 %t.wasm -o %t.so && not wasm2native run %t.so 2>&1 | FileCheck %s
// CHECK: trap: unreachable
// CHECK-NEXT: at $stop (wasm-function[{{[0-9]+}}]) in {{.*}}trap-lines.c:[[#@LINE+2]]
__attribute__((noinline)) static void stop(void) {
  __builtin_trap();
}
int main(void) { stop(); }
