// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Descriptors in a C library: terminals, places in directories, many buffers, streams in order.
// RUN: rm -rf %t && mkdir -p %t/d && touch %t/d/a %t/d/b %t/d/c %t/d/d && printf 'old, and longer' > %t/out
// RUN: %clang-wasi %s -o %t/m.wasm && wasm2native %t/m.wasm
// RUN: wasm2native run --dir /dev::/dev --dir %t/d::/d %t/m.so 2>&1 < /dev/null | FileCheck %s
// RUN: wasm2native run --dir /dev::/dev --dir %t/d::/d %t/m.so 2>%t/err < /dev/null >> %t/out && FileCheck --check-prefix=APPENDED %s < %t/out
// RUN: wasm2native run --dir /dev::/dev --dir %t/d::/d %t/m.so 2>%t/err < /dev/null > %t/out && FileCheck --check-prefix=FILE %s < %t/out
// CHECK: terminals 0 0 0
// CHECK: the same entry
// CHECK: 2000 bytes
// CHECK: rewritten: no, Invalid seek
// APPENDED: {{^}}old, and longerabcdefghij
// FILE: {{^}}abcdefghij
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
int main(void) {
  fprintf(stderr, "terminals %d %d %d\n", isatty(0), isatty(1), isatty(open("/dev/null", O_RDWR)));
  DIR *directory = opendir("/d");
  readdir(directory);
  long place = telldir(directory);
  char name[256];
  strcpy(name, readdir(directory)->d_name);
  while (readdir(directory)) {
  }
  seekdir(directory, place);
  struct dirent *entry = readdir(directory);
  fprintf(stderr, "%s\n", entry && !strcmp(entry->d_name, name) ? "the same entry" : "another entry, or none");
  static struct iovec buffers[200];
  for (int i = 0; i < 200; i++)
    buffers[i] = (struct iovec){"abcdefghij", 10};
  fprintf(stderr, "\n%d bytes\n", (int)writev(1, buffers, 200));
  fprintf(stderr, "rewritten: %s", pwrite(1, "X", 1, 0) < 0 ? "no" : "yes");
  fprintf(stderr, ", %s\n", lseek(1, 0, SEEK_SET) < 0 ? strerror(errno) : "moved");
}
