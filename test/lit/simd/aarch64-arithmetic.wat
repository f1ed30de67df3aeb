;; Vector instructions that AArch64 has become that instruction.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile --target=aarch64 --emit=asm %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: swizzle:
;; CHECK: tbl v0.16b, { v0.16b }, v1.16b
;; CHECK-NEXT: ret
;; CHECK-LABEL: multiplyQ15:
;; CHECK: sqrdmulh v0.8h, v0.8h, v1.8h
;; CHECK-NEXT: ret
;; CHECK-LABEL: min:
;; CHECK: fmin v0.4s, v0.4s, v1.4s
;; CHECK-NEXT: ret
;; CHECK-LABEL: pairs:
;; CHECK: uaddlp v0.8h, v0.16b
;; CHECK-NEXT: ret
;; CHECK-LABEL: truncate:
;; CHECK: fcvtzu v0.2d, v0.2d
;; CHECK-NEXT: uqxtn v0.2s, v0.2d
;; CHECK-NEXT: ret
;; CHECK-LABEL: extendMultiply:
;; CHECK: smull2 v0.4s
;; CHECK-NEXT: ret
;; CHECK-LABEL: select:
;; CHECK: {{bsl|bif|bit}}
;; CHECK-NEXT: ret
;; CHECK-LABEL: widen:
;; CHECK: ldr d0
;; CHECK-NEXT: sshll v0.8h, v0.8b, #0
;; CHECK-NEXT: ret
(module (memory 1)
  (func $swizzle (param v128 v128) (result v128) (i8x16.swizzle (local.get 0) (local.get 1)))
  (func $multiplyQ15 (param v128 v128) (result v128) (i16x8.q15mulr_sat_s (local.get 0) (local.get 1)))
  (func $min (param v128 v128) (result v128) (f32x4.min (local.get 0) (local.get 1)))
  (func $pairs (param v128) (result v128) (i16x8.extadd_pairwise_i8x16_u (local.get 0)))
  (func $truncate (param v128) (result v128) (i32x4.trunc_sat_f64x2_u_zero (local.get 0)))
  (func $extendMultiply (param v128 v128) (result v128) (i32x4.extmul_high_i16x8_s (local.get 0) (local.get 1)))
  (func $select (param v128 v128 v128) (result v128) (v128.bitselect (local.get 0) (local.get 1) (local.get 2)))
  (func $widen (param i32) (result v128) (v128.load8x8_s (local.get 0))))
