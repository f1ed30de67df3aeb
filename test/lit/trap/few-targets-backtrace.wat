;; A function that is called directly in place of a call through a table, and inlined, is in the backtrace, also on other
;; processors than this one as far as code is made for them.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native -O2 %t.wasm -o %t.so
;; RUN: llvm-objdump -d --disassemble-symbols=outer %t.so | FileCheck --check-prefix=CODE %s
;; RUN: not wasm2native run --invoke=outer %t.so 1 70000 2>&1 | FileCheck %s
;; RUN: not wasm2native run --invoke=outer %t.so 2 0 2>&1 | FileCheck --check-prefix=DIVIDE %s
;; RUN: not wasm2native run --invoke=outer %t.so 0 0 2>&1 | FileCheck --check-prefix=NULL %s
;; RUN: wasm2native -O2 --target=aarch64-linux-gnu %t.wasm -o %t.a64.so && wasm2native -O2 --target=riscv64-linux-gnu %t.wasm -o %t.rv.so
;; CODE: <outer>:
;; CODE-NOT: {{<(load|divide)>}}
;; CHECK:      wasm2native: trap: out of bounds memory access
;; CHECK-NEXT: {{^}}  at $load (wasm-function[0])
;; CHECK-NEXT: {{^}}  at $outer (wasm-function[2])
;; CHECK-NOT:  {{.}}
;; DIVIDE:      wasm2native: trap: integer divide by zero
;; DIVIDE-NEXT: {{^}}  at $divide (wasm-function[1])
;; DIVIDE-NEXT: {{^}}  at $outer (wasm-function[2])
;; NULL:      wasm2native: trap: uninitialized element
;; NULL-NEXT: {{^}}  at $outer (wasm-function[2])
;; NULL-NOT:  {{.}}
(module (type $t (func (param i32) (result i32))) (memory 1)
  (table 3 funcref) (elem (i32.const 1) $load $divide)
  (func $load (type $t) (i32.load (local.get 0)))
  (func $divide (type $t) (i32.div_u (i32.const 7) (local.get 0)))
  (func $outer (export "outer") (param i32 i32) (result i32)
    (i32.add (call_indirect (type $t) (local.get 1) (local.get 0)) (i32.const 1))))
