;; Runaway recursion is a trap, and its backtrace is 64 lines and a count, of the first 100,000 frames.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: not wasm2native run --invoke=down %t.so 0 2>&1 | FileCheck %s
;; CHECK: wasm2native: trap: call stack exhausted
;; CHECK-COUNT-64: {{^}}  at $down (wasm-function[0])
;; CHECK-NEXT: {{^}}  ... 99936 or more
;; CHECK-NOT: {{.}}
(module
  (func $down (export "down") (param i32) (result i32)
    (i32.add (call $down (local.get 0)) (i32.const 1))))
