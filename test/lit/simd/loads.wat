;; Loads of vectors that widen, or fill all lanes, are one instruction; beside one of which only lanes are wanted its last byte is loaded.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile --target=x86_64 --mcpu=x86-64-v3 --emit=asm %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: widen:
;; CHECK: vpmovsxbw (%{{.*}}), %xmm0
;; CHECK-LABEL: fill:
;; CHECK: vbroadcastss (%{{.*}}), %xmm0
;; CHECK-LABEL: add:
;; CHECK: vpaddd (%{{.*}}), %xmm0, %xmm0
;; CHECK-LABEL: lane:
;; CHECK-DAG: 15(%{{.*}}), %
;; CHECK-DAG: {{movl|vmovd}} (%r{{.*,.*}}), %
;; CHECK-LABEL: half:
;; CHECK-DAG: 15(%{{.*}}), %
;; CHECK-DAG: vpmovzxbw (%{{.*}}), %xmm0
(module (memory 1)
  (func $widen (param i32) (result v128) (v128.load8x8_s (local.get 0)))
  (func $fill (param i32) (result v128) (v128.load32_splat (local.get 0)))
  (func $add (param v128 i32) (result v128) (i32x4.add (local.get 0) (v128.load (local.get 1))))
  (func $lane (param i32) (result i32) (i32x4.extract_lane 0 (v128.load (local.get 0))))
  (func $half (param i32) (result v128) (i16x8.extend_low_i8x16_u (v128.load (local.get 0)))))
