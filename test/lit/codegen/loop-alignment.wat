;; A loop of a few instructions that a profile says to run begins at a multiple of 32 bytes on x86-64; not one of several
;; blocks, nor without a profile, where code is to be small, or on other processors.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native -O2 --profile-generate %t.wasm -o %t.so
;; RUN: rm -f %t.proftext && wasm2native run --profile-file %t.proftext --invoke=count %t.so 4000
;; RUN: wasm2native run --profile-file %t.proftext --invoke=grows %t.so 4000
;; RUN: wasm2native -O2 --target=x86_64 --profile-use=%t.proftext --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native -O2 --target=x86_64 --emit=asm %t.wasm -o - | FileCheck --check-prefix=NONE %s
;; RUN: wasm2native -Os --target=x86_64 --profile-use=%t.proftext --emit=asm %t.wasm -o - | FileCheck --check-prefix=NONE %s
;; RUN: wasm2native -O2 --target=aarch64 --profile-use=%t.proftext --emit=asm %t.wasm -o - | FileCheck --check-prefix=NONE %s
;; CHECK-NOT: .p2align 5
;; CHECK: count:
;; CHECK: .p2align 5
;; CHECK-NEXT: .LBB
;; CHECK: never:
;; CHECK-NOT: .p2align 5
;; NONE-NOT: .p2align 5
;; NONE: count:
;; NONE-NOT: .p2align 5
(module (memory 1)
  (func $count (export "count") (param i32) (result i32) (local $bits i32)
    (loop (local.set $bits (i32.rotl (i32.xor (local.get $bits) (i32.load (local.get 0))) (i32.const 3)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))
    (local.get $bits))
  (func $grows (export "grows") (param i32)
    (loop (if (i32.load (local.get 0)) (then (drop (memory.grow (i32.const 1)))))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4))))))
  (func $never (export "never") (param i32) (result i32) (local $bits i32)
    (loop (local.set $bits (i32.rotl (i32.xor (local.get $bits) (i32.load (local.get 0))) (i32.const 3)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))
    (local.get $bits)))
