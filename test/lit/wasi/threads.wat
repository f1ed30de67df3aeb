;; A thread gets an id and its argument, and shares the memory but no globals; the main thread's end is the program's.
;; RUN: wat2wasm --enable-threads %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: sh -c 'wasm2native run %t.so; echo $?' | FileCheck %s
;; CHECK: 42
;; RUN: sh -c 'wasm2native run --trace %t.so 2>&1; true' | FileCheck %s --check-prefix=TRACE
;; TRACE: thread-spawn(argument=41) = 1
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "env" "memory" (memory 1 1 shared))
  (global $mine (mut i32) (i32.const 0))
  (func (export "wasi_thread_start") (param $id i32) (param $argument i32)
    (global.set $mine (i32.const 100))
    (i32.atomic.store (i32.const 8) (i32.add (local.get $id) (local.get $argument)))
    (drop (memory.atomic.notify (i32.const 8) (i32.const 1))))
  (func (export "_start")
    (if (i32.le_s (call $spawn (i32.const 41)) (i32.const 0)) (then unreachable))
    (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))
    (call $exit (i32.add (global.get $mine) (i32.atomic.load (i32.const 8))))))
