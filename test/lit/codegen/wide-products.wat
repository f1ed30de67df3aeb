;; A 128-bit product that is put together from halves of 32 bits becomes one multiplication, for both words; a sum that only looks
;; like it does not.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -O2 --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O2 %t.wasm -o %t.so
;; RUN: wasm2native run --invoke=product %t.so -1 -2 | FileCheck --check-prefix=VALUES %s
;; RUN: wasm2native run --invoke=product %t.so 81985529216486895 -81985529216486896 | FileCheck --check-prefix=MIXED %s
;; RUN: wasm2native run --invoke=carryForgotten %t.so -1 -2 | FileCheck --check-prefix=FORGOTTEN %s

(module

;; (2^64 - 1) * (2^64 - 2) = 2^128 - 3 * 2^64 + 2
;; VALUES: 2
;; VALUES-NEXT: -3
;; MIXED: 2465395958572223728
;; MIXED-NEXT: 81621149086635842
;; CHECK-LABEL: product:
;; CHECK-NOT: imul
;; CHECK: {{[[:space:]]}}mulq
;; CHECK-NOT: mul
;; CHECK: ret
(func $product (export "product") (param $x i64) (param $y i64) (result i64 i64) (local $p i64) (local $t i64) (local $u i64)
  (local.set $p (i64.mul (i64.and (local.get $x) (i64.const 0xffffffff)) (i64.and (local.get $y) (i64.const 0xffffffff))))
  (local.set $t (i64.add (i64.shr_u (local.get $p) (i64.const 32))
                         (i64.mul (i64.and (local.get $x) (i64.const 0xffffffff)) (i64.shr_u (local.get $y) (i64.const 32)))))
  (local.set $u (i64.add (i64.and (local.get $t) (i64.const 0xffffffff))
                         (i64.mul (i64.and (local.get $y) (i64.const 0xffffffff)) (i64.shr_u (local.get $x) (i64.const 32)))))
  (i64.or (i64.shl (local.get $u) (i64.const 32)) (i64.and (local.get $p) (i64.const 0xffffffff)))
  (i64.add (i64.add (i64.mul (i64.shr_u (local.get $x) (i64.const 32)) (i64.shr_u (local.get $y) (i64.const 32)))
                    (i64.shr_u (local.get $u) (i64.const 32)))
           (i64.shr_u (local.get $t) (i64.const 32))))

;; The upper word without the carry from t.
;; FORGOTTEN: -4294967297
;; CHECK-LABEL: carryForgotten:
;; CHECK-NOT: {{[[:space:]]}}mulq
;; CHECK: ret
(func $carryForgotten (export "carryForgotten") (param $x i64) (param $y i64) (result i64) (local $p i64) (local $t i64) (local $u i64)
  (local.set $p (i64.mul (i64.and (local.get $x) (i64.const 0xffffffff)) (i64.and (local.get $y) (i64.const 0xffffffff))))
  (local.set $t (i64.add (i64.shr_u (local.get $p) (i64.const 32))
                         (i64.mul (i64.and (local.get $x) (i64.const 0xffffffff)) (i64.shr_u (local.get $y) (i64.const 32)))))
  (local.set $u (i64.add (i64.and (local.get $t) (i64.const 0xffffffff))
                         (i64.mul (i64.and (local.get $y) (i64.const 0xffffffff)) (i64.shr_u (local.get $x) (i64.const 32)))))
  (i64.add (i64.mul (i64.shr_u (local.get $x) (i64.const 32)) (i64.shr_u (local.get $y) (i64.const 32)))
           (i64.shr_u (local.get $u) (i64.const 32)))))
