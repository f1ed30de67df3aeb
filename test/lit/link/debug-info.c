// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// -g: the artifact has DWARF of the functions, of a call that was inlined before, and of types; a line for an offset.
// RUN: %clang-wasi -g -nostdlib -Wl,--no-entry -Wl,--export=twice -Wl,--export=at %s -o %t.wasm
// RUN: wasm2native -g -O3 %t.wasm -o %t.so
// RUN: llvm-dwarfdump --verify %t.so
// RUN: llvm-dwarfdump --debug-info %t.so | FileCheck %s
// RUN: llvm-nm %t.so | sed -n 's/^\(.*\) . at$/0x\1/p' > %t.offset
// RUN: xargs -a %t.offset -I OFFSET wasm2native inspect --addr OFFSET %t.so | FileCheck --check-prefix=LINE %s
// RUN: not wasm2native inspect --addr 0x3 %t.so 2>&1 | FileCheck --check-prefix=NOWHERE %s
// RUN: wasm2native -O3 %t.wasm -o %t.so && llvm-readelf -S %t.so | FileCheck --check-prefix=NONE %s
// CHECK-DAG: DW_AT_name ("pair")
// CHECK-DAG: DW_TAG_inlined_subroutine
// CHECK-DAG: DW_AT_name ("inner")
// CHECK-DAG: DW_AT_name ("twice")
// LINE: at+0x0 in {{.*}}debug-info.c:[[#@LINE+11]]
// NOWHERE: no function has code at offset 3
// NONE-NOT: .debug_
struct pair {
  int first, second;
};
static inline int inner(int value) {
  int doubled = value * value;
  return doubled;
}
int twice(struct pair *p) { return inner(p->first) + inner(p->second); }
int at(const int *values, int index) { return values[index]; }
