// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// --emit=exe: the program needs neither the command nor its artifact, and has what it was given when it was made.
// UNSUPPORTED: sanitizer
// RUN: rm -rf %t && mkdir -p %t/given && echo content > %t/given/file
// RUN: %clang-wasi %s -o %t/app.wasm
// RUN: wasm2native --emit=exe --dir %t/given::/d --env WHO=me %t/app.wasm
// RUN: rm %t/app.wasm && cd / && env -i %t/app one --dir=x | FileCheck %s
// CHECK: 3 one --dir=x
// CHECK-NEXT: me
// CHECK-NEXT: content

// Limits are the program's, too.
// RUN: %clang-wasi %s -o %t/app.wasm
// RUN: wasm2native --emit=exe --max-memory 64K %t/app.wasm -o %t/small
// RUN: not %t/small 2>&1 | FileCheck --check-prefix=SMALL %s
// SMALL: small: {{.*}}memory

// Further options come first, if it takes them.
// RUN: wasm2native --emit=exe --take-options %t/app.wasm -o %t/open
// RUN: %t/open --env=WHO=you --dir %t/given::/d -- --env | FileCheck --check-prefix=OPEN %s
// OPEN: 2 --env
// OPEN-NEXT: you
// OPEN-NEXT: content

// Errors in the options are reported when the program is made.
// RUN: not wasm2native --emit=exe --max-memory lots %t/app.wasm -o %t/no 2>&1 | FileCheck --check-prefix=LIMIT %s
// LIMIT: error: --max-memory is 'lots'
// RUN: not wasm2native --emit=exe --timeout never %t/app.wasm -o %t/no 2>&1 | FileCheck --check-prefix=TIMEOUT %s
// TIMEOUT: error: --timeout is
// RUN: not wasm2native --max-memory 1M %t/app.wasm -o %t/no 2>&1 | FileCheck --check-prefix=NEEDS %s
// NEEDS: error: --max-memory needs --emit=exe
// RUN: not wasm2native --emit=exe --program-runtime=%t/app.wasm \
// RUN:   %t/app.wasm -o %t/no 2>&1 | FileCheck --check-prefix=RUNTIME %s
// RUNTIME: app.wasm is not a runtime for programs
// RUN: not wasm2native --emit=exe --target=aarch64,x86_64 --program-runtime=%bin/../lib/wasm2native/program-x86_64 \
// RUN:   %t/app.wasm -o %t/no 2>&1 | FileCheck --check-prefix=OTHER %s
// OTHER: program-x86_64 is for another processor than the program
// RUN: not ls %t/no

// A file that was cut, and the runtime by itself, are errors.
// RUN: head -c -10 %t/app > %t/cut && chmod +x %t/cut && not %t/cut 2>&1 | FileCheck --check-prefix=CUT %s
// CUT: cut: no program is attached to this runtime
// RUN: head -c -100 %t/app > %t/shifted && tail -c 48 %t/app >> %t/shifted && chmod +x %t/shifted
// RUN: not %t/shifted 2>&1 | FileCheck --check-prefix=SHIFTED %s
// SHIFTED: shifted:0x{{[0-9a-f]+}}: the program's file is damaged
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  printf("%d", argc);
  for (int i = 1; i < argc; ++i)
    printf(" %s", argv[i]);
  printf("\n%s\n", getenv("WHO") ? getenv("WHO") : "nobody");
  FILE *file = fopen("/d/file", "r");
  char text[16] = "no file";
  if (file)
    fgets(text, sizeof text, file);
  puts(text);
}
