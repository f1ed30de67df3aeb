// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Devices in a directory can be opened by a program if they can do nothing to the machine.
// RUN: %clang-wasi %s -o %t.wasm && wasm2native run --dir /dev %t.wasm | FileCheck %s
// CHECK: null: opened
// CHECK: zero: opened
// CHECK: urandom: opened
// CHECK: tty: refused
// CHECK: ptmx: refused
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
int main(void) {
  const char *names[] = {"null", "zero", "urandom", "tty", "ptmx"};
  for (int i = 0; i < 5; ++i) {
    char path[32];
    snprintf(path, sizeof(path), "/dev/%s", names[i]);
    // Without a terminal there is no /dev/tty to open.
    const char *result = open(path, O_RDONLY) >= 0 ? "opened" : errno == EACCES || errno == ENXIO ? "refused" : "?";
    printf("%s: %s\n", names[i], result);
  }
}
