// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A file that stays open, or a stream that was closed, cannot be part of a module.
// RUN: %clang-wasi -mexec-model=reactor %s -o %t.wasm && rm -rf %t && mkdir %t && echo text > %t/file
// RUN: not wasm2native compile --preinit=open_file --dir %t::/d:ro %t.wasm -o %t/out 2>&1 | FileCheck --check-prefix=OPEN %s
// RUN: not wasm2native compile --preinit=close_stream %t.wasm -o %t/out 2>&1 | FileCheck --check-prefix=CLOSED %s
// RUN: not test -e %t/out
// OPEN: cannot pre-initialize: descriptor 4 is open, and an open file is not part of a module
// CLOSED: cannot pre-initialize: descriptor 1 is closed, and would be open again
//
// The text that was read is part of it.
// RUN: wasm2native compile --preinit=read_file --dir %t::/d:ro %t.wasm -o %t/out
// RUN: wasm2native run --invoke show %t/out | FileCheck %s
// CHECK: text
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static char text[100];
static FILE *read_it(void) {
  FILE *file = fopen("/d/file", "r");
  if (!file || !fgets(text, sizeof text, file))
    abort();
  return file;
}
__attribute__((export_name("open_file"))) void open_file(void) { read_it(); }
__attribute__((export_name("close_stream"))) void close_stream(void) { close(1); }
__attribute__((export_name("read_file"))) void read_file(void) { fclose(read_it()); }
__attribute__((export_name("show"))) void show(void) {
  fputs(text, stdout);
  fflush(stdout);
}
