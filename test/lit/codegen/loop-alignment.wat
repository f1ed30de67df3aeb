;; A loop of a few instructions begins at a multiple of 32 bytes on x86-64; not one of several blocks or of many
;; instructions, nor where code is to be small, nor on other processors.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native -O2 --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native -Os --emit=asm %t.wasm -o - | FileCheck --check-prefix=NONE %s
;; RUN: wasm2native -O2 --target=aarch64 --emit=asm %t.wasm -o - | FileCheck --check-prefix=NONE %s
;; CHECK-LABEL: count:
;; CHECK: .p2align 5
;; CHECK-NEXT: .LBB
;; CHECK-LABEL: calls:
;; CHECK-NOT: .p2align 5
;; CHECK: .p2align 4
;; NONE-NOT: .p2align 5
(module (import "host" "call" (func $call)) (memory 1)
  (func $count (export "count") (param i32) (result i32) (local $bits i32)
    (loop (local.set $bits (i32.rotl (i32.xor (local.get $bits) (i32.load (local.get 0))) (i32.const 3)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))
    (local.get $bits))
  (func $calls (export "calls") (param i32)
    (loop (if (i32.load (local.get 0)) (then (call $call)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))))
