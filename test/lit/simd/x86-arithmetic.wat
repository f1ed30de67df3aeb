;; Vector instructions that x86-64 has become that instruction, with AVX2 and with SSE4.1.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile --target=x86_64 --mcpu=x86-64-v3 --emit=asm %t.wasm -o - | FileCheck --check-prefix=AVX2 %s
;; RUN: wasm2native compile --target=x86_64 --mattr=+sse4.1 --emit=asm %t.wasm -o - | FileCheck --check-prefix=SSE41 %s
;; AVX2-LABEL: add:
;; AVX2: vpaddd
;; AVX2-NEXT: retq
;; SSE41-LABEL: add:
;; SSE41: paddd
;; SSE41-NEXT: retq
;; AVX2-LABEL: dot:
;; AVX2: vpmaddwd
;; AVX2-NEXT: retq
;; AVX2-LABEL: multiplyQ15:
;; AVX2: vpmulhrsw
;; AVX2: vpxor
;; AVX2-NEXT: retq
;; AVX2-LABEL: narrow:
;; AVX2: vpackuswb
;; AVX2-NEXT: retq
;; AVX2-LABEL: swizzle:
;; AVX2: vpaddusb
;; AVX2-NEXT: vpshufb
;; AVX2-NEXT: retq
;; SSE41-LABEL: swizzle:
;; SSE41: paddusb
;; SSE41-NEXT: pshufb
;; AVX2-LABEL: pmin:
;; AVX2: vminpd
;; AVX2-NEXT: retq
;; AVX2-LABEL: min:
;; AVX2-COUNT-2: vminps
;; AVX2: vcmpunordps
;; AVX2: vblendvps
;; AVX2-NEXT: retq
;; AVX2-LABEL: nearest:
;; AVX2: vroundps
;; AVX2-NEXT: retq
;; AVX2-LABEL: average:
;; AVX2: vpavgb
;; AVX2-NEXT: retq
(module
  (func $add (param v128 v128) (result v128) (i32x4.add (local.get 0) (local.get 1)))
  (func $dot (param v128 v128) (result v128) (i32x4.dot_i16x8_s (local.get 0) (local.get 1)))
  (func $multiplyQ15 (param v128 v128) (result v128) (i16x8.q15mulr_sat_s (local.get 0) (local.get 1)))
  (func $narrow (param v128 v128) (result v128) (i8x16.narrow_i16x8_u (local.get 0) (local.get 1)))
  (func $swizzle (param v128 v128) (result v128) (i8x16.swizzle (local.get 0) (local.get 1)))
  (func $pmin (param v128 v128) (result v128) (f64x2.pmin (local.get 0) (local.get 1)))
  (func $min (param v128 v128) (result v128) (f32x4.min (local.get 0) (local.get 1)))
  (func $nearest (param v128) (result v128) (f32x4.nearest (local.get 0)))
  (func $average (param v128 v128) (result v128) (i8x16.avgr_u (local.get 0) (local.get 1))))
