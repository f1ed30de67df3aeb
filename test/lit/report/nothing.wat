;; A module without any of the causes has an empty report, and the output is the same with and without.
;; REQUIRES: x86_64
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.plain.so
;; RUN: wasm2native --report --time-report %t.wasm -o %t.so 2>&1 | FileCheck %s
;; RUN: cmp %t.so %t.plain.so
;; CHECK: report: nothing is known that makes this module slow
(module
  (memory 1)
  (table 1 funcref)
  (elem (i32.const 0) $load)
  (type $load (func (param i32) (result i32)))
  (func $load (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "call") (param i32) (result i32) (call_indirect (type $load) (local.get 0) (i32.const 0))))
