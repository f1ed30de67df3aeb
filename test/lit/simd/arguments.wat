;; Vectors travel in vector registers, and past the eighth, as on targets without such registers, in the argument buffer.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile --target=x86_64 --stop-after=lower %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile --target=aarch64 --stop-after=lower %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile --target=riscv64 --stop-after=lower %t.wasm -o - | FileCheck --check-prefix=SLOTS %s
;; CHECK: define hidden <2 x i64> @fn0.two(ptr {{.*}}swiftself{{.*}} %0, <2 x i64> %1, i32 %2, <2 x i64> %3)
;; SLOTS: define hidden <2 x i64> @fn0.two(ptr {{.*}}swiftself{{.*}} %0, i32 signext %1)
(module
  (func $two (param v128 i32 v128) (result v128) (i32x4.add (local.get 0) (local.get 2))))
