;; A null element of a table that never changes is code that traps; it is nobody's function, and not in the backtrace.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native -O2 %t.wasm -o %t.so
;; RUN: not wasm2native run --invoke=outer %t.so 1 2>&1 | FileCheck %s
;; RUN: not wasm2native run --invoke=outer %t.so 2 2>&1 | FileCheck --check-prefix=TYPE %s
;; CHECK:      wasm2native: trap: uninitialized element
;; TYPE:      wasm2native: trap: indirect call type mismatch
;; CHECK-NEXT: {{^}}  at $outer (wasm-function[2])
;; CHECK-NOT:  {{.}}
(module (type $t (func (result i32)))
  (table 3 funcref) (elem (i32.const 0) $seven) (elem (i32.const 2) $nothing)
  (func $seven (type $t) (i32.const 7))
  (func $nothing)
  (func $outer (export "outer") (param i32) (result i32)
    (i32.add (call_indirect (type $t) (local.get 0)) (i32.const 1))))
