// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Files are found in the directories given with --dir, by the guest's name, and nowhere else.
// RUN: rm -rf %t && mkdir -p %t/host && echo content > %t/host/file && echo secret > %t/secret
// RUN: %clang-wasi %s -o %t/m.wasm && wasm2native %t/m.wasm
// RUN: wasm2native run --dir %t/host::/guest %t/m.so /guest/file /guest/../secret /guest/none %t/host/file | FileCheck %s
// CHECK: /guest/file: content
// CHECK: /guest/../secret: Capabilities insufficient
// CHECK: /guest/none: No such file or directory
// CHECK: host/file: {{.+}}
// RUN: wasm2native run %t/m.so %t/host/file | FileCheck --check-prefix=NONE %s
// NONE: host/file: {{[^c]}}
// RUN: not wasm2native run --dir %t/missing %t/m.so 2>&1 | FileCheck --check-prefix=MISSING %s
// MISSING: wasm2native: error: cannot open directory '{{.*}}missing': No such file or directory
#include <errno.h>
#include <stdio.h>
#include <string.h>
int main(int count, char **arguments) {
  for (int i = 1; i < count; ++i) {
    char line[100] = "empty\n";
    FILE *file = fopen(arguments[i], "r");
    printf("%s: %s", arguments[i], file ? fgets(line, 100, file) : strerror(errno));
    puts("");
  }
}
