;; A timeout ends a start function, before anything else runs.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: sh -c 'wasm2native run --timeout 50ms --invoke=never %t.so; echo status $?' 2>&1 | FileCheck %s
;; CHECK:      wasm2native: deadline exceeded
;; CHECK-NEXT: {{^}}  at $spin (wasm-function[0])
;; CHECK-NEXT: {{^}}  at $begin (wasm-function[1])
;; CHECK-NEXT: status 124
(module
  (func $spin (param $n i32) (loop (br_if 0 (local.get $n))) (unreachable))
  (func $begin (call $spin (i32.const 1)) (unreachable))
  (start $begin)
  (func (export "never") (unreachable)))
