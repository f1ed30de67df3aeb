// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// With a frozen clock and a seed two runs are the same; sleeping takes no time, and no file is from the future. Without a clock
// there is none.
// RUN: rm -rf %t && mkdir -p %t/a %t/b && %clang-wasi %s -o %t/m.wasm && wasm2native -O0 %t/m.wasm
// RUN: wasm2native run --frozen-time 1000000000.5 --seed 42 --dir %t/a::/d %t/m.so > %t/first
// RUN: wasm2native run --frozen-time 1000000000.5 --seed 42 --dir %t/b::/d %t/m.so > %t/second
// RUN: cmp %t/first %t/second && FileCheck %s < %t/first
// CHECK: realtime 1000000000.500000000, later 1000003600.500000000
// CHECK: file 1000003600, then 1000003600, set to 1000003600
// CHECK: random
// RUN: wasm2native run --frozen-time 1000000000.5 --seed 43 --dir %t/b::/d %t/m.so > %t/third && not cmp %t/first %t/third
// RUN: wasm2native run --no-clock --dir %t/b::/d %t/m.so | FileCheck --check-prefix=NONE %s
// NONE: no clock: Capabilities insufficient
// NONE: file 0, then 0, set to 0
// RUN: not wasm2native run --no-clock --frozen-time 1 %t/m.so 2>&1 | FileCheck --check-prefix=BOTH %s
// BOTH: --no-clock and --frozen-time exclude each other
// RUN: not wasm2native run --frozen-time 1.x %t/m.so 2>&1 | FileCheck --check-prefix=TIME %s
// TIME: --frozen-time is '1.x', must be seconds since 1970
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>
static long modified(void) {
  struct stat status;
  return stat("/d/file", &status) ? -1 : (long)status.st_mtime;
}
int main(void) {
  struct timespec before, after;
  if (clock_gettime(CLOCK_REALTIME, &before))
    printf("no clock: %s\n", strerror(errno));
  sleep(3600);
  if (!clock_gettime(CLOCK_REALTIME, &after))
    printf("realtime %lld.%09ld, later %lld.%09ld\n", before.tv_sec, before.tv_nsec, after.tv_sec, after.tv_nsec);
  close(open("/d/file", O_CREAT | O_WRONLY, 0666));
  long first = modified(), again = modified();
  utimensat(AT_FDCWD, "/d/file", (struct timespec[]){{0, UTIME_NOW}, {0, UTIME_NOW}}, 0);
  printf("file %ld, then %ld, set to %ld\n", first, again, modified());
  unsigned char bytes[20];
  getentropy(bytes, sizeof(bytes));
  printf("random");
  for (unsigned i = 0; i < sizeof(bytes); ++i)
    printf(" %02x", bytes[i]);
  puts("");
}
