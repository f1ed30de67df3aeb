;; Without -o the shared object is written beside the input, with its name.
;; RUN: rm -rf %t && mkdir %t && wat2wasm %s -o %t/mod.wasm
;; RUN: wasm2native -O3 %t/mod.wasm && ls %t | FileCheck %s
;; CHECK: mod.so
;; CHECK-NEXT: mod.wasm
(module (func (export "f")))
