;; A load stays, whole, when nobody needs its value, or only some of its bytes, or only on one path.
;; REQUIRES: x86_64
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 --emit=asm %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: fn0:
;; CHECK: movl (%rax,%rcx), %eax
;; CHECK-LABEL: fn1:
;; CHECK: movl (%rax,%rcx), %eax
;; CHECK-LABEL: fn2:
;; CHECK: movl (%rax,%rcx), %eax
;; CHECK-LABEL: fn3:
;; CHECK: movl (%{{.*}},%{{.*}}), %e
;; CHECK: testl
;; CHECK-LABEL: fn4:
;; CHECK: movl (%{{.*}},%{{.*}}), %e
;; CHECK: shlq
(module (memory 1)
  (func (param i32) (drop (i32.load (local.get 0))))
  (func (param i32) (result i32) (i32.and (i32.load (local.get 0)) (i32.const 0)))
  (func (param i32) (result i32) (i32.and (i32.load (local.get 0)) (i32.const 255)))
  (func (param i32 i32) (result i32) (local $x i32)
    (local.set $x (i32.load (local.get 0)))
    (if (result i32) (local.get 1) (then (i32.mul (local.get $x) (local.get $x))) (else (i32.const 1))))
  (func (param i64 i32) (result i64) (i64.shl (local.get 0) (i64.load32_u (local.get 1)))))
