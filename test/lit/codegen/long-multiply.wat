;; The pieces of a 128-bit product are one multiplication; a sum that lacks one of them is not.
;; REQUIRES: x86_64
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O2 --emit=asm %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: "wasm-function[0]":
;; CHECK-NOT: imul
;; CHECK: mulq
;; CHECK-NOT: imul
;; CHECK: retq
;; CHECK-LABEL: "wasm-function[1]":
;; CHECK-NOT: mulq %
;; CHECK-COUNT-3: imulq
(module
  (func (param $a i64) (param $b i64) (result i64) (local $low i64) (local $middle i64) (local $cross i64)
    (local.set $low (i64.mul (i64.and (local.get $a) (i64.const 0xFFFFFFFF)) (i64.and (local.get $b) (i64.const 0xFFFFFFFF))))
    (local.set $middle (i64.add (i64.shr_u (local.get $low) (i64.const 32)) (i64.mul (i64.and (local.get $a) (i64.const 0xFFFFFFFF)) (i64.shr_u (local.get $b) (i64.const 32)))))
    (local.set $cross (i64.add (i64.and (local.get $middle) (i64.const 0xFFFFFFFF)) (i64.mul (i64.shr_u (local.get $a) (i64.const 32)) (i64.and (local.get $b) (i64.const 0xFFFFFFFF)))))
    (i64.xor (i64.add (i64.add (i64.mul (i64.shr_u (local.get $a) (i64.const 32)) (i64.shr_u (local.get $b) (i64.const 32))) (i64.shr_u (local.get $middle) (i64.const 32))) (i64.shr_u (local.get $cross) (i64.const 32))) (i64.or (i64.shl (local.get $cross) (i64.const 32)) (i64.and (local.get $low) (i64.const 0xFFFFFFFF)))))
  (func (param $a i64) (param $b i64) (result i64) (local $low i64) (local $middle i64) (local $cross i64)
    (local.set $low (i64.mul (i64.and (local.get $a) (i64.const 0xFFFFFFFF)) (i64.and (local.get $b) (i64.const 0xFFFFFFFF))))
    (local.set $middle (i64.add (i64.shr_u (local.get $low) (i64.const 32)) (i64.mul (i64.and (local.get $a) (i64.const 0xFFFFFFFF)) (i64.shr_u (local.get $b) (i64.const 32)))))
    (local.set $cross (i64.add (i64.and (local.get $middle) (i64.const 0xFFFFFFFF)) (i64.mul (i64.shr_u (local.get $a) (i64.const 32)) (i64.shr_u (local.get $b) (i64.const 32)))))
    (i64.add (i64.add (i64.mul (i64.shr_u (local.get $a) (i64.const 32)) (i64.shr_u (local.get $b) (i64.const 32))) (i64.shr_u (local.get $middle) (i64.const 32))) (i64.shr_u (local.get $cross) (i64.const 32)))))
