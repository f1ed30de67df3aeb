;; A timeout, an exit and a trap end threads that compute, whether the main thread waits or computes.
;; RUN: wat2wasm --enable-threads --debug-names %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: sh -c 'wasm2native run --timeout 100ms %t.so; echo status $?' 2>&1 | FileCheck %s --check-prefix=TIMEOUT
;; TIMEOUT: deadline exceeded
;; TIMEOUT: status 124
;; RUN: sh -c 'wasm2native run %t.so exit; echo status $?' 2>&1 | FileCheck %s --check-prefix=EXIT
;; EXIT:    status 7
;; RUN: sh -c 'wasm2native run %t.so trap it; echo status $?' 2>&1 | FileCheck %s --check-prefix=TRAP
;; TRAP:    unreachable
;; TRAP:    status 134
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
  (import "env" "memory" (memory 1 1 shared))
  (func $spin (loop (br 0)))
  (func (export "wasi_thread_start") (param $id i32) (param $argument i32)
    (if (i32.eq (local.get $argument) (i32.const 2)) (then (call $exit (i32.const 7))))
    (if (i32.eq (local.get $argument) (i32.const 3)) (then (unreachable)))
    (call $spin))
  ;; Two threads that compute, one that does what the number of arguments says, and the main thread computes as well.
  (func (export "_start")
    (drop (call $args (i32.const 0) (i32.const 4)))
    (drop (call $spawn (i32.const 1)))
    (drop (call $spawn (i32.const 1)))
    (drop (call $spawn (i32.load (i32.const 0))))
    (call $spin)))
