;; Both halves of a vector are widened at once where registers hold the result, and one by one where they do not. A vector of which one
;; lane is used is loaded whole.
;; REQUIRES: x86_64
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 --mcpu=x86-64-v3 --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O3 --emit=asm %t.wasm -o - | FileCheck --check-prefix=BASELINE %s
;; CHECK-LABEL: fn0:
;; CHECK: vpmovzxbw {{.*}}, %ymm
;; CHECK: vpmullw {{.*}}, %ymm
;; BASELINE-LABEL: fn0:
;; BASELINE-COUNT-2: pmullw
;; BASELINE-NOT: %ymm
(module (memory 1)
  (func (export "scale") (param $p i32) (param $end i32) (param $factor i32)
    (loop $next
      (v128.store (local.get $p)
        (i8x16.narrow_i16x8_u
          (i16x8.shr_u
            (i16x8.mul (i16x8.extend_low_i8x16_u (v128.load (local.get $p))) (i16x8.splat (local.get $factor))) (i32.const 8))
          (i16x8.shr_u
            (i16x8.mul (i16x8.extend_high_i8x16_u (v128.load (local.get $p))) (i16x8.splat (local.get $factor))) (i32.const 8))))
      (local.set $p (i32.add (local.get $p) (i32.const 16)))
      (br_if $next (i32.ne (local.get $p) (local.get $end)))))

;; CHECK-LABEL: fn1:
;; CHECK: 15(%
;; CHECK: retq
  (func (export "one-lane") (param $p i32) (result i32)
    (i32x4.extract_lane 0 (v128.load (local.get $p))))

;; CHECK-LABEL: fn2:
;; CHECK: 15(%
;; CHECK: retq
  (func (export "replaces") (param $p i32) (param $x i32)
    (v128.store (local.get $p) (i32x4.replace_lane 1 (v128.load (local.get $p)) (local.get $x)))))
