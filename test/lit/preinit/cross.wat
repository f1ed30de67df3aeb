;; A module that has run here is compiled for another target, and names of functions stay.
;; REQUIRES: x86_64
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile --preinit --target=aarch64 %t.wasm -o %t.so && llvm-readelf -hs %t.so | FileCheck %s
;; CHECK: Machine: AArch64
;; CHECK: named_function
(module (memory 1) (func $named_function (export "_initialize") (i32.store (i32.const 0) (i32.const 1))))
