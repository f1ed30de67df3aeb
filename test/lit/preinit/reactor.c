// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A reactor's constructors and its function for initialization run when it is compiled: what they
// print appears then, what they compute is there at each start, and neither runs again.
// RUN: %clang-wasi -mexec-model=reactor %s -o %t.wasm
// RUN: wasm2native compile --preinit --env NAME=value %t.wasm -o %t.so | FileCheck --check-prefix=BUILD %s
// RUN: wasm2native run --invoke report %t.so | FileCheck %s
// RUN: wasm2native inspect %t.so | FileCheck --check-prefix=EXPORTS %s
// BUILD: constructed 1, initializing
// BUILD-NOT: {{.}}
// CHECK: constructed 1, initialized 1, value, last of 1000
// EXPORTS-NOT: initialize
// EXPORTS: report
// EXPORTS-NOT: initialize
//
// The same input and options give the same bytes.
// RUN: wasm2native compile --preinit --env NAME=value %t.wasm -o %t.again.so && cmp %t.so %t.again.so
//
// RUN: wasm2native compile --preinit=_initialize %t.wasm -o %t.only.so
// RUN: wasm2native run --invoke report %t.only.so | FileCheck --check-prefix=ONLY %s
// ONLY: constructed 1, initialized 0, (null)
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
struct item {
  struct item *next;
  char text[100];
};
static int constructed, initialized;
static struct item *items;
static char *variable;
__attribute__((constructor)) static void construct(void) { ++constructed; }
__attribute__((export_name("wizer-initialize"))) void initialize(void) {
  printf("constructed %d, initializing\n", constructed);
  ++initialized;
  variable = getenv("NAME");
  for (int i = 1; i <= 1000; ++i) {
    struct item *item = malloc(sizeof *item);
    item->next = items;
    sprintf(item->text, "last of %d", i);
    items = item;
  }
}
__attribute__((export_name("report"))) void report(void) {
  printf("constructed %d, initialized %d, %s, %s\n", constructed, initialized, variable,
         items ? items->text : "nothing");
  fflush(stdout);
}
