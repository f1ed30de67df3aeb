;; A trap names the functions that were active, through indirect calls and other modules, innermost first.
;; RUN: split-file %s %t && wat2wasm --debug-names %t/lib.wat -o %t/lib.wasm && wat2wasm --debug-names %t/main.wat -o %t/main.wasm
;; RUN: wasm2native %t/lib.wasm -o %t/lib.so && wasm2native -O2 %t/main.wasm -o %t/main.so
;; RUN: not wasm2native run --preload=lib=%t/lib.so --invoke=outer %t/main.so 70000 2>&1 | FileCheck %s
;; CHECK:      wasm2native: trap: out of bounds memory access
;; CHECK-NEXT: {{^}}  at $inner (wasm-function[0])
;; CHECK-NEXT: {{^}}  at $middle (wasm-function[1])
;; CHECK-NEXT: {{^}}  at wasm-function[2]
;; CHECK-NOT:  {{.}}

;--- lib.wat
(module
  (memory 1)
  (func $inner (export "inner") (param i32) (result i32) (i32.load (local.get 0))))

;--- main.wat
(module
  (import "lib" "inner" (func $inner (param i32) (result i32)))
  (table (export "table") funcref (elem $middle))
  (type $t (func (param i32) (result i32)))
  (func $middle (param i32) (result i32) (i32.add (call $inner (local.get 0)) (i32.const 1)))
  (func (export "outer") (param i32) (result i32)
    (i32.add (call_indirect (type $t) (local.get 0) (i32.const 0)) (i32.const 1))))
