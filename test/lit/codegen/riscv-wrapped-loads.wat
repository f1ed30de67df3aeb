;; RISC-V's code generator loads a word where no more is wanted of a double word; so the last byte is loaded as
;; well, which traps if the double word should.
;; RUN: wat2wasm %s -o %t.wasm
;; RUN: wasm2native --target=riscv64 -O3 --emit=asm %t.wasm -o - | FileCheck %s
(module
  (memory 1)
  ;; CHECK-LABEL: {{^}}fn0:
  ;; CHECK-DAG: lbu zero, 7(a0)
  ;; CHECK-DAG: l{{[wd]}} a0, 0(a0)
  ;; CHECK: ret
  (func (export "wrap") (param i32) (result i32) (i32.wrap_i64 (i64.load align=1 (local.get 0))))
  ;; Near miss: all of it is wanted.
  ;; CHECK-LABEL: {{^}}fn1:
  ;; CHECK-NOT: lbu
  ;; CHECK: ld a0, 0(a0)
  ;; CHECK: ret
  (func (export "whole") (param i32) (result i64) (i64.load align=1 (local.get 0))))
