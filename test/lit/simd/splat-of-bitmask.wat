;; With AVX-512, LLVM splats the 16 bits of a mask that is also a number from a mask register that nothing has written.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile --target=x86_64 --mcpu=x86-64-v4 --emit=asm %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: signs:
;; CHECK-NOT: kunpck
;; CHECK: vpmovmskb %xmm0, %e[[REGISTER:[a-z]x]]
;; CHECK: vpbroadcastw %e[[REGISTER]], %xmm0
(module
  (func $signs (param v128) (result v128 i32) (local i32)
    (i16x8.splat (local.tee 1 (i8x16.bitmask (local.get 0)))) (local.get 1)))
