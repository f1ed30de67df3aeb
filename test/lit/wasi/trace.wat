;; --trace prints each call, what it was given and what it filled; in the older module, too, with its layouts.
;; RUN: rm -rf %t && mkdir -p %t/data && printf 0123456789 > %t/data/file && wat2wasm %s -o %t/m.wasm
;; RUN: wasm2native run --trace --dir %t/data::/d --frozen-time 5 %t/m.wasm 2>&1 | FileCheck %s
;; CHECK: path_open(fd=3, lookup=symlink_follow, path="file", openFlags=0, base=fd_read|fd_seek|fd_filestat_get, inheriting=0, flags=append|nonblock, opened=4) = 0
;; CHECK-NEXT: fd_seek(fd=4, offset=-3, whence=end, position=7) = 0
;; CHECK-NEXT: fd_seek(fd=4, offset=2, whence=set, position=2) = 0
;; CHECK-NEXT: fd_read(fd=4, vectors=["2345", "67"], bytesRead=6) = 0
;; CHECK-NEXT: fd_filestat_get(fd=4, status={regular_file inode={{[0-9]+}} links=1 bytes=10 modifiedNs=5000000000}) = 0
;; CHECK-NEXT: poll_oneoff(subscriptions=[{clock=monotonic timeoutNs=7}], events=[{clock userdata=0x9 error=0}], count=1, eventCount=1) = 0
;; CHECK-NEXT: clock_time_get(clock=monotonic, precisionNs=0, timeNs=7) = 0
;; CHECK-NEXT: fd_write(fd=77, vectors=["\"\\\n\x00"], bytesWritten=0x40) = 8 EBADF
;; CHECK-NEXT: fd_read(fd=4, vectors=0xfffffff0, bytesRead=0x40) = 21 EFAULT
;; CHECK-NEXT: sched_yield() = 0
;; CHECK-NEXT: proc_exit(code=0) = ?
;; RUN: wasm2native run --dir %t/data::/d --frozen-time 5 %t/m.wasm 2>&1 | count 0
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_filestat_get" (func $stat (param i32 i32) (result i32)))
  (import "wasi_unstable" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_unstable" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "file")
  (data (i32.const 24) "\"\\\0a\00")
  ;; Two buffers; one; a subscription of 56 bytes to clock 1 in 7 ns.
  (data (i32.const 96) "\00\02\00\00\04\00\00\00\00\03\00\00\02\00\00\00")
  (data (i32.const 112) "\18\00\00\00\04\00\00\00")
  (data (i32.const 128) "\09\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\63\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\07")
  (func $zero (param i32) (if (local.get 0) (then unreachable)))
  (func $be (param i32 i32) (if (i32.ne (local.get 0) (local.get 1)) (then unreachable)))
  (func (export "_start")
    ;; fd_read|fd_seek|fd_filestat_get
    (call $zero (call $open (i32.const 3) (i32.const 1) (i32.const 16) (i32.const 4) (i32.const 0)
      (i64.const 0x200006) (i64.const 0) (i32.const 5) (i32.const 64)))
    ;; In the older module 1 is the end and 2 the beginning.
    (call $zero (call $seek (i32.const 4) (i64.const -3) (i32.const 1) (i32.const 64)))
    (call $zero (call $seek (i32.const 4) (i64.const 2) (i32.const 2) (i32.const 64)))
    (call $zero (call $read (i32.const 4) (i32.const 96) (i32.const 2) (i32.const 64)))
    (call $be (i32.load (i32.const 512)) (i32.const 0x35343332))
    ;; There the number of links has 4 bytes at 20, and the size is at 24.
    (i32.store (i32.const 1080) (i32.const 77))
    (call $zero (call $stat (i32.const 4) (i32.const 1024)))
    (call $be (i32.load (i32.const 1044)) (i32.const 1))
    (call $be (i32.load (i32.const 1048)) (i32.const 10))
    (call $be (i32.load (i32.const 1080)) (i32.const 77))
    (call $zero (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 64)))
    (call $zero (call $time (i32.const 1) (i64.const 0) (i32.const 64)))
    (call $be (call $write (i32.const 77) (i32.const 112) (i32.const 1) (i32.const 64)) (i32.const 8))
    (call $be (call $read (i32.const 4) (i32.const -16) (i32.const 1) (i32.const 64)) (i32.const 21))
    (call $zero (call $yield))
    (call $exit (i32.const 0))))
