;; A recorded run is replayed from its record alone: what the host gave is in it, and what the program does is compared.
;; RUN: rm -rf %t && mkdir %t && wat2wasm --debug-names %s -o %t/m.wasm && wasm2native -O0 %t/m.wasm
;; RUN: not wasm2native run --record %t/rec %t/m.so | FileCheck %s --check-prefix=HELLO
;; RUN: ls -l %t/rec | FileCheck %s --check-prefix=MODE
;; MODE: -rw-------
;; RUN: not wasm2native run --record %t/rec %t/m.so 2>&1 | FileCheck %s --check-prefix=EXISTS
;; HELLO: hello
;; EXISTS: cannot create the record '{{.*}}/rec': File exists
;; RUN: wasm2native replay %t/rec | FileCheck %s --check-prefix=SAME
;; RUN: wasm2native replay --calls %t/rec | FileCheck %s --check-prefix=CALLS
;; RUN: wasm2native replay --until 4 --dump-memory %t/memory %t/rec | FileCheck %s --check-prefix=FOURTH
;; RUN: head -c 6 %t/memory | FileCheck %s --check-prefix=HELLO
;; RUN: ls -l %t/memory | FileCheck %s --check-prefix=MODE
;; RUN: wasm2native replay --until fd_write %t/rec | FileCheck %s --check-prefix=FOURTH
;; RUN: wasm2native replay --until TRAP %t/rec | FileCheck %s --check-prefix=TRAP
;; RUN: not wasm2native replay --until 5 %t/rec 2>&1 | FileCheck %s --check-prefix=NEVER
;; SAME: the same: 4 host calls, {{[1-9]}} comparison{{s?}} of the state; "unreachable"
;; CALLS: 3 wasi_snapshot_preview1.random_get(128, 32)
;; CALLS-NEXT: 4 wasi_snapshot_preview1.fd_write(1, 16, 1, 72)
;; FOURTH: host call 4 wasi_snapshot_preview1.fd_write(1, 16, 1, 72)
;; FOURTH-NEXT: at $say
;; FOURTH-NEXT: at $start
;; FOURTH-NEXT: memory 0: 65536 bytes, hash {{[0-9a-f]+$}}
;; FOURTH-NEXT: global 0: 7
;; FOURTH: descriptor 0: standard input
;; TRAP: trap after host call 4: unreachable
;; TRAP-NEXT: at $start
;; NEVER: the run ends before it comes to 5
;; RUN: not wasm2native replay --dump-memory %t/none %t/rec 2>&1 | FileCheck %s --check-prefix=DUMP
;; DUMP: --dump-memory needs --until
;; RUN: not wasm2native replay --until 0 %t/rec 2>&1 | FileCheck %s --check-prefix=NUMBER
;; RUN: not wasm2native replay --until 18446744073709551616 %t/rec 2>&1 | FileCheck %s --check-prefix=NUMBER
;; NUMBER: --until is '{{[0-9]+}}', but calls are numbered from 1 on
;; RUN: mkfifo %t/fifo && not wasm2native replay %t/fifo 2>&1 | FileCheck %s --check-prefix=REGULAR
;; RUN: not wasm2native run --env-file %t/fifo %t/m.so 2>&1 | FileCheck %s --check-prefix=REGULAR
;; RUN: not wasm2native run --env-file /dev/zero %t/m.so 2>&1 | FileCheck %s --check-prefix=REGULAR
;; REGULAR: ' is no regular file

;; Another artifact, or other code, is refused; what is cut off is replayed as far as it goes.
;; RUN: wasm2native -O1 %t/m.wasm -o %t/other.so
;; RUN: not wasm2native replay %t/rec %t/other.so 2>&1 | FileCheck %s --check-prefix=OTHER
;; OTHER: the record is of another artifact
;; RUN: head -c -20 %t/rec > %t/cut && not wasm2native replay %t/cut 2>&1 | FileCheck %s --check-prefix=CUT
;; CUT: error: the record of the run is cut off or damaged, at byte {{[0-9]+}}
;; RUN: not wasm2native replay %t/m.wasm 2>&1 | FileCheck %s --check-prefix=NONE
;; NONE: no record of a run
;; RUN: not wasm2native run --record %t/new --preload a=%t/m.so %t/m.so 2>&1 | FileCheck %s --check-prefix=PRELOAD
;; PRELOAD: --record and --preload exclude each other
;; RUN: not wasm2native run --record %t/small --record-limit 1K %t/m.so 2>&1 | FileCheck %s --check-prefix=LIMIT
;; LIMIT: would be larger than 1024 bytes, the limit
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (global $count (mut i32) (i32.const 7))
  (data (i32.const 0) "hello\0a")
  (data (i32.const 16) "\00\00\00\00\06\00\00\00")
  (func $say (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 72))))
  (func $start (export "_start")
    (drop (call $time (i32.const 1) (i64.const 0) (i32.const 64)))
    (drop (call $random (i32.const 1024) (i32.const 2048)))
    (drop (call $random (i32.const 128) (i32.const 32)))
    (call $say)
    unreachable))
