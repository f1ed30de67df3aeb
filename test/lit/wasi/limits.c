// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Limits of the bytes that a program adds to its directories, and of its open files.
// RUN: rm -rf %t && mkdir -p %t/d && %clang-wasi %s -o %t/m.wasm && wasm2native -O0 %t/m.wasm
// RUN: wasm2native run --dir %t/d::/d --fs-quota 20000 %t/m.so quota | FileCheck %s --check-prefix=QUOTA
// QUOTA: create: ok
// QUOTA: write 10000: ok
// QUOTA: rewrite 10000: ok
// QUOTA: append 3000: ok
// QUOTA: append 3000: Quota exceeded
// QUOTA: extend: Quota exceeded
// QUOTA: pwrite: Quota exceeded
// QUOTA: allocate: Quota exceeded
// QUOTA: truncate: ok
// QUOTA: open existing: ok
// QUOTA: create: Quota exceeded
// QUOTA: mkdir: Quota exceeded
// QUOTA: symlink: Quota exceeded
// QUOTA: link: Quota exceeded
// QUOTA: rename: ok
// RUN: wasm2native run --dir %t/d::/d --max-open-files 8 %t/m.so files | FileCheck %s --check-prefix=FILES
// FILES: 4 more
// FILES: 4 more
// Standard streams are not the directory's.
// RUN: wasm2native run --dir %t/d::/d --max-open-files 8 --fs-quota 0 --stdout %t/out %t/m.so files && FileCheck %s --check-prefix=FILES < %t/out
// RUN: not wasm2native run --dir %t/d::/d --max-open-files 3 %t/m.so files 2>&1 | FileCheck %s --check-prefix=FEW
// FEW: error: {{.*}}the guest is given more descriptors than it may have open
// RUN: not wasm2native run --fs-quota 1k %t/m.so 2>&1 | FileCheck %s --check-prefix=NUMBER
// NUMBER: --fs-quota is '1k', must be a number
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static void say(const char *what, long result) { printf("%s: %s\n", what, result < 0 ? strerror(errno) : "ok"); }
static void quota(void) {
  static char bytes[10000];
  int file = open("/d/file", O_CREAT | O_RDWR, 0666);
  say("create", file);
  say("write 10000", write(file, bytes, 10000));
  lseek(file, 0, SEEK_SET);
  say("rewrite 10000", write(file, bytes, 10000));
  int end = open("/d/file", O_WRONLY | O_APPEND);
  say("append 3000", write(end, bytes, 3000));
  say("append 3000", write(end, bytes, 3000));
  say("extend", ftruncate(file, 1000000));
  say("pwrite", pwrite(file, bytes, 1, 1000000));
  errno = posix_fallocate(file, 0, 1000000);
  say("allocate", errno ? -1 : 0);
  // It does not give back what was taken.
  say("truncate", ftruncate(file, 0));
  say("open existing", open("/d/file", O_CREAT | O_RDWR, 0666));
  say("create", open("/d/new", O_CREAT | O_RDWR, 0666));
  say("mkdir", mkdir("/d/folder", 0777));
  say("symlink", symlink("file", "/d/link"));
  say("link", link("/d/file", "/d/hard"));
  say("rename", rename("/d/file", "/d/renamed"));
}
static void files(void) {
  int count = 0, last = -1;
  for (int file; (file = open("/d", O_RDONLY)) >= 0; ++count)
    last = file;
  printf("%d more\n", errno == EMFILE ? count : -1);
  close(last);
  printf("%d more\n", open("/d", O_RDONLY) == last && open("/d", O_RDONLY) < 0 ? count : -1);
}
int main(int count, char **arguments) { strcmp(arguments[1], "quota") ? files() : quota(); }
