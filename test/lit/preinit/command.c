// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A command that leaves with status 0 has initialized; its _start runs again on what it left, with
// the arguments of that time. wasi-libc's flag that _start has run is not part of it.
// RUN: %clang-wasi %s -o %t.wasm
// RUN: wasm2native compile --preinit=_start --arg prepare %t.wasm -o %t.so | FileCheck --check-prefix=BUILD %s
// RUN: wasm2native run %t.so -- work | FileCheck %s
// RUN: wasm2native compile --preinit=_start --arg prepare --emit=wasm %t.wasm -o - > %t.baked.wasm
// RUN: wasm2native run %t.baked.wasm -- work | FileCheck %s
// BUILD: prepare: run 1
// CHECK: work: run 2
// CHECK-NEXT: prepared
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static int runs;
static char *prepared;
int main(int count, char **arguments) {
  printf("%s: run %d\n", arguments[count - 1], ++runs);
  if (strcmp(arguments[count - 1], "prepare") == 0)
    prepared = strdup("prepared");
  puts(prepared);
  exit(0);
}
