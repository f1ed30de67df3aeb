// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A directory given with :ro can be read; every call that would change it fails.
// RUN: rm -rf %t && mkdir -p %t/data %t/other && echo content > %t/data/file
// RUN: %clang-wasi %s -o %t/m.wasm && wasm2native %t/m.wasm
// RUN: wasm2native run --dir %t/data::/data:ro --dir %t/other::/other %t/m.so | FileCheck %s
// RUN: FileCheck --check-prefix=FILE %s < %t/data/file && ls %t/data %t/other | FileCheck --check-prefix=LIST %s
// CHECK: read content
// CHECK-COUNT-11: refused
// CHECK-NOT: allowed
// FILE: content
// LIST: file
// LIST-NOT: {{^[a-z]+$}}
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
static void expectRefused(int result) { puts(result < 0 ? "refused" : "allowed"); }
int main(void) {
  char line[100];
  FILE *file = fopen("/data/file", "r");
  printf("read %s", fgets(line, 100, file));
  // wasi-libc asks for no more than the directory passes on, so that only writing fails.
  expectRefused(write(open("/data/file", O_WRONLY), "x", 1));
  expectRefused(open("/data/file", O_RDONLY | O_TRUNC));
  expectRefused(open("/data/new", O_WRONLY | O_CREAT, 0666));
  expectRefused(mkdir("/data/folder", 0777));
  expectRefused(unlink("/data/file"));
  expectRefused(rename("/data/file", "/other/file"));
  expectRefused(link("/data/file", "/other/link"));
  expectRefused(symlink("file", "/data/link"));
  // The directory where something arrives decides.
  close(open("/other/2", O_WRONLY | O_CREAT, 0666));
  expectRefused(rename("/other/2", "/data/moved"));
  expectRefused(link("/other/2", "/data/linked"));
  expectRefused(ftruncate(fileno(file), 0));
}
