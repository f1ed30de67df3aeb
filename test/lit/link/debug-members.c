// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A pointer to a member that is constant wherever it lives: LLVM asks its type whether it is signed.
// RUN: %clang-wasi -x c++ -g -O2 -nostdlib -Wl,--no-entry -Wl,--export=second %s -o %t.wasm
// RUN: wasm2native -g -O1 %t.wasm -o %t.so
// RUN: llvm-dwarfdump --verify %t.so
// RUN: llvm-dwarfdump --debug-info %t.so | FileCheck %s
// CHECK-DAG: DW_AT_name ("which")
// CHECK-DAG: DW_AT_name ("Member")
struct Pair {
  int first, second;
};
typedef int Pair::*Member;
static inline int read(Pair *pair, int added) {
  const Member which = &Pair::second;
  volatile int sum = added;
  return sum + pair->*which;
}
extern "C" int second(Pair *pair) { return read(pair, 3); }
