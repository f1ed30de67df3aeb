;; Another thread may grow a shared memory: its size is loaded atomically, for a bounds check in whatever order.
;; RUN: wat2wasm --enable-threads %s -o %t.wasm
;; RUN: wasm2native compile --bounds-checks=explicit --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: @fn0(
;; CHECK: load atomic i64, {{.*}} monotonic, align 8
;; CHECK: icmp ugt i64
;; CHECK-LABEL: @fn1(
;; CHECK: load atomic i64, {{.*}} seq_cst, align 8
(module (memory 1 2 shared)
  (func (param i32) (result i32) (i32.load (local.get 0)))
  (func (result i32) (memory.size)))
