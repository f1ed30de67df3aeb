;; A trap is reported with its message and a backtrace; the exit status is 134.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: sh -c 'wasm2native run --invoke outer %t.so; echo status $?' 2>&1 | FileCheck %s
;; CHECK: wasm2native: trap: out of bounds memory access
;; CHECK: inner
;; CHECK: outer
;; CHECK: status 134
(module (memory 1)
  (func $inner (param i32) (result i32) (i32.load (local.get 0)))
  (func $outer (export "outer") (result i32) (i32.add (call $inner (i32.const 65533)) (i32.const 1))))
