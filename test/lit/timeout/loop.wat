;; A timeout ends an endless loop, a start function, a sleep and a wait for input, with status 124.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: sh -c 'wasm2native run --timeout 50ms --invoke=loop %t.so; echo status $?' 2>&1 | FileCheck %s
;; CHECK:      wasm2native: deadline exceeded
;; CHECK-NEXT: {{^}}  at $loop (wasm-function[2])
;; CHECK-NEXT: status 124
;; RUN: sh -c 'wasm2native run --timeout=0.05 --invoke=sleep %t.so; echo status $?' 2>&1 | FileCheck --check-prefix=SLEEP %s
;; SLEEP:      wasm2native: deadline exceeded
;; SLEEP-NEXT: {{^}}  at $sleep (wasm-function[3])
;; SLEEP-NEXT: status 124
;; RUN: sh -c 'sleep 5 | wasm2native run --timeout=50ms --invoke=read %t.so; echo status $?' 2>&1 | FileCheck --check-prefix=READ %s
;; READ:       wasm2native: deadline exceeded
;; READ-NEXT:  {{^}}  at $read (wasm-function[4])
;; READ-NEXT:  status 124
;; RUN: wasm2native run --timeout 5m --invoke=add %t.so 2 | FileCheck --check-prefix=IN-TIME %s
;; IN-TIME:    {{^}}3{{$}}
;; RUN: not wasm2native run --timeout 5x --invoke=add %t.so 2 2>&1 | FileCheck --check-prefix=UNIT %s
;; UNIT:       error: --timeout is '5x', must be a number and us, ms, s, m or h, at most 1000 days
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $loop (export "loop") (loop (br 0)))
  ;; A subscription to a clock, in a thousand seconds; should it be interrupted and go on, it sleeps again.
  (func $sleep (export "sleep")
    (i64.store (i32.const 24) (i64.const 1000000000000))
    (loop (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))) (br 0)))
  (func $read (export "read")
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 1))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "add") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
