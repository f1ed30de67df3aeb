;; Calls of small functions are inlined; not of what loops, of itself, or where hints say that it hardly ever runs.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s
;; RUN: wasm2native -O1 --stop-after=optimize %t.wasm -o - | FileCheck --check-prefix=O1 %s
;; CHECK-LABEL: define {{.*}}@fn2.calls_small(
;; CHECK-NOT: call {{.*}}@fn0.small
;; CHECK: store i32
;; CHECK-LABEL: define {{.*}}@fn3.calls_loop(
;; CHECK: call {{.*}}@fn1.loops(
;; CHECK-LABEL: define {{.*}}@fn4.recurs(
;; CHECK: call {{.*}}@fn4.recurs(
;; CHECK-LABEL: define {{.*}}@fn6.calls_medium(
;; CHECK-NOT: call {{.*}}@fn5.medium
;; CHECK-LABEL: define {{.*}}@fn7.before_trap(
;; CHECK: call {{.*}}@fn5.medium(
;; O1-LABEL: define {{.*}}@fn2.calls_small(
;; O1: call {{.*}}@fn0.small(
(module (memory 1)
  (func $small (param i32) (i32.store (local.get 0) (i32.add (i32.load (local.get 0)) (i32.const 1))))
  (func $loops (param i32) (loop (br_if 0 (i32.load (local.get 0)))))
  (func $calls-small (param i32) (call $small (local.get 0)))
  (func $calls-loop (param i32) (call $loops (local.get 0)))
  (func $recurs (param i32) (if (local.get 0) (then (call $recurs (i32.load (local.get 0))) (call $small (local.get 0)))))
  (func $medium (param i32)
    (i32.store (i32.load (local.get 0)) (i32.load (i32.load offset=4 (local.get 0))))
    (i32.store (i32.load offset=8 (local.get 0)) (i32.load (i32.load offset=12 (local.get 0))))
    (i32.store (i32.load offset=16 (local.get 0)) (i32.load (i32.load offset=20 (local.get 0)))))
  (func $calls-medium (param i32) (call $medium (local.get 0)))
  (func $before-trap (param i32) (if (local.get 0) (then (call $medium (local.get 0)) (unreachable)))))
