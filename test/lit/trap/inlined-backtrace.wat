;; A backtrace names functions that were inlined, each where it was called.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native -O2 %t.wasm -o %t.so
;; RUN: wasm2native -O2 --emit=asm %t.wasm -o - | FileCheck --check-prefix=ASM %s
;; RUN: not wasm2native run --invoke=quotient %t.so 0 2>&1 | FileCheck %s
;; RUN: not wasm2native run --invoke=sum %t.so 4 0 2>&1 | FileCheck --check-prefix=SECOND %s
;; ASM-LABEL: quotient:
;; ASM-NOT: call{{.*}}divide
;; ASM: {{^}}.Lfunc_end
;; CHECK:      wasm2native: trap: integer divide by zero
;; CHECK-NEXT: {{^}}  at $divide (wasm-function[0])
;; CHECK-NEXT: {{^}}  at $halve (wasm-function[1])
;; CHECK-NEXT: {{^}}  at $quotient (wasm-function[2])
;; CHECK-NOT:  {{.}}
;; SECOND:      wasm2native: trap: integer divide by zero
;; SECOND-NEXT: {{^}}  at $divide (wasm-function[0])
;; SECOND-NEXT: {{^}}  at $sum (wasm-function[3])
;; SECOND-NOT:  {{.}}
(module
  (func $divide (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func $halve (param i32) (result i32) (i32.add (call $divide (i32.const 1) (local.get 0)) (i32.const 1)))
  (func $quotient (export "quotient") (param i32) (result i32) (call $halve (local.get 0)))
  (func $sum (export "sum") (param i32 i32) (result i32)
    (i32.add (call $divide (i32.const 10) (local.get 0)) (call $divide (i32.const 20) (local.get 1)))))
