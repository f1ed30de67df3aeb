;; More threads than the limit are not started; when one has ended, another can be.
;; RUN: wat2wasm --enable-threads %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: sh -c 'wasm2native run --max-threads=2 %t.so; echo $?' | FileCheck %s --check-prefix=TWO
;; RUN: sh -c 'wasm2native run %t.so; echo $?' | FileCheck %s --check-prefix=ALL
;; RUN: sh -c 'wasm2native run --max-host-memory=16K %t.so; echo $?' | FileCheck %s --check-prefix=SOME
;; RUN: not wasm2native run --max-threads=few %t.so 2>&1 | FileCheck %s --check-prefix=USAGE
;; TWO: {{^}}2{{$}}
;; ALL: {{^}}200{{$}}
;; SOME: {{^1?[0-9]?[0-9]$}}
;; USAGE: --max-threads is 'few', must be a number
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "env" "memory" (memory 1 1 shared))
  ;; Waits for ever.
  (func (export "wasi_thread_start") (param $id i32) (param $argument i32)
    (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1))))
  ;; Exits with how many of 200 threads there are.
  (func (export "_start") (local $count i32) (local $left i32)
    (local.set $left (i32.const 200))
    (loop $again
      (if (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0))
        (then (local.set $count (i32.add (local.get $count) (i32.const 1)))))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (call $exit (local.get $count))))
