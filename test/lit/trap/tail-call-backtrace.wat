;; After a tail call the caller is no frame any more; what was called in between, and wrappers, are not in the way.
;; RUN: split-file %s %t && wat2wasm --enable-tail-call --debug-names %t/lib.wat -o %t/lib.wasm
;; RUN: wat2wasm --enable-tail-call --debug-names %t/main.wat -o %t/main.wasm
;; RUN: wasm2native -O0 %t/lib.wasm -o %t/lib.so && wasm2native -O2 %t/main.wasm -o %t/main.so
;; RUN: not wasm2native run --preload=lib=%t/lib.so --invoke=outer %t/main.so 2>&1 | FileCheck %s
;; CHECK:      wasm2native: trap: unreachable
;; CHECK-NEXT: {{^}}  at $fails (wasm-function[1])
;; CHECK-NEXT: {{^}}  at $outer (wasm-function[2])
;; CHECK-NOT:  {{.}}

;--- lib.wat
(module
  (func $jumps (export "jumps") (param i32) (result i32) (return_call $fails (i64.const 0)))
  (func $fails (param i64) (result i32)
    (if (i64.eqz (local.get 0)) (then (unreachable)))
    (return_call $jumps (i32.const 1))))

;--- main.wat
(module
  (import "lib" "jumps" (func $jumps (param i32) (result i32)))
  (func $middle (param i64) (result i32) (return_call $jumps (i32.wrap_i64 (local.get 0))))
  (func $outer (export "outer") (result i32) (i32.add (call $middle (i64.const 5)) (i32.const 1))))
