;; Base, zero-extended index and constant offset are one addressing mode.
;; REQUIRES: x86_64
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 --emit=asm %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: fn0:
;; CHECK: movq 48(%r13), %rax
;; CHECK-NEXT: movl %edi, %ecx
;; CHECK-NEXT: movl 16(%rax,%rcx), %eax
;; CHECK-NEXT: retq
(module (memory 1)
  (func (param i32) (result i32) (i32.load offset=16 (local.get 0))))
