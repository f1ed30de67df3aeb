// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Standard streams in files, names, and where variables come from.
// RUN: rm -rf %t && mkdir -p %t && %clang-wasi %s -o %t/m.wasm && wasm2native -O0 %t/m.wasm
// RUN: printf 'line\n' > %t/in && printf 'old, and longer than what comes' > %t/out && printf '# a comment\n\nA=file\r\nB=file\n' > %t/variables
// RUN: wasm2native run --stdin %t/in --stdout %t/out --stderr %t/err --arg0 name --env-file %t/variables --env B=option %t/m.so
// RUN: FileCheck %s < %t/out && FileCheck --check-prefix=ERR %s < %t/err
// CHECK: name read line
// CHECK-NEXT: A=file B=option C=(null)
// CHECK-NOT: {{.}}
// ERR: to the error stream
// RUN: env A=mine C=mine wasm2native run --inherit-env --env-file %t/variables %t/m.so < %t/in | FileCheck --check-prefix=INHERIT %s
// INHERIT: A=file B=file C=mine
// RUN: not wasm2native run --stdin %t/none %t/m.so 2>&1 | FileCheck --check-prefix=NONE %s
// NONE: --stdin: cannot open '{{.*}}none': No such file or directory
// RUN: printf 'A=1\nnothing\n' > %t/variables && not wasm2native run --env-file %t/variables %t/m.so 2>&1 | FileCheck --check-prefix=LINE %s
// LINE: --env-file: line 2 of '{{.*}}variables' must be KEY=VALUE
// RUN: not wasm2native run --listen nowhere %t/m.so 2>&1 | FileCheck --check-prefix=LISTEN %s
// LISTEN: --listen is 'nowhere', must be HOST:PORT or unix:PATH
// RUN: not wasm2native run --listen unix:%t/none/x %t/m.so 2>&1 | FileCheck --check-prefix=PATH %s
// PATH: --listen: cannot listen at 'unix:{{.*}}/none/x': No such file or directory
// RUN: not wasm2native run --allow-net 1.2.3.4:x %t/m.so 2>&1 | FileCheck --check-prefix=NET %s
// NET: --allow-net: '1.2.3.4:x' has no port after the colon, must be a number up to 65535
// RUN: not wasm2native run --allow-listen localhost:80 %t/m.so 2>&1 | FileCheck --check-prefix=NAMED %s
// NAMED: --allow-listen: 'localhost:80' names a host; to listen takes an address
// RUN: not wasm2native run --dir ::/x %t/m.so 2>&1 | FileCheck --check-prefix=DIR %s
// DIR: --dir is '::/x', must be HOST[::GUEST][:ro]
#include <stdio.h>
#include <stdlib.h>
int main(int count, char **arguments) {
  char line[100];
  printf("%s read %s", arguments[0], fgets(line, 100, stdin) ? line : "nothing\n");
  printf("A=%s B=%s C=%s\n", getenv("A"), getenv("B"), getenv("C"));
  fputs("to the error stream\n", stderr);
}
