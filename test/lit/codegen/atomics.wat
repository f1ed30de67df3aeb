;; An atomic access is one instruction after the check of its alignment; bytes need none. What changes nothing is still done.
;; REQUIRES: x86_64
;; RUN: wat2wasm --enable-threads %s -o %t.wasm && wasm2native compile -O3 --emit=asm %t.wasm -o - | FileCheck %s
(module (memory 1 1 shared)
  ;; CHECK-LABEL: fn0:
  ;; CHECK: testb $3, %dil
  ;; CHECK-NEXT: jne
  ;; CHECK: lock xaddl %esi, 16(%rax,%rcx)
  (func (param i32 i32) (result i32) (i32.atomic.rmw.add offset=16 (local.get 0) (local.get 1)))
  ;; CHECK-LABEL: fn1:
  ;; CHECK-NOT: test
  ;; CHECK: lock cmpxchgb
  (func (param i32 i32 i32) (result i32)
    (i32.atomic.rmw8.cmpxchg_u (local.get 0) (local.get 1) (local.get 2)))
  ;; CHECK-LABEL: fn2:
  ;; CHECK: lock orq $0, (%rax,%rcx)
  (func (param i32) (drop (i64.atomic.rmw.or (local.get 0) (i64.const 0))))
  ;; CHECK-LABEL: fn3:
  ;; CHECK: lock orl $0, {{.*}}(%rsp)
  (func (atomic.fence)))
