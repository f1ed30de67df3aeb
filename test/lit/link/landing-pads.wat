;; With landing pads an artifact still has no dynamic relocation, no undefined symbol, nothing writable.
;; RUN: wat2wasm --enable-exceptions %s -o %t.wasm && wasm2native compile -O2 %t.wasm -o %t.so
;; RUN: llvm-readobj --relocs %t.so | FileCheck %s --check-prefix=RELOCS
;; RUN: llvm-readelf --dyn-syms %t.so | FileCheck %s --check-prefix=DYNAMIC
;; RUN: llvm-readelf --sections %t.so | FileCheck %s
;; RUN: llvm-readelf --program-headers %t.so | FileCheck %s --check-prefix=SEGMENTS
;; SEGMENTS-NOT: LOAD {{.*}} RW
;; RELOCS-NOT: R_
;; DYNAMIC-NOT: UND {{.+}}
;; CHECK: .gcc_except_table
(module
  (func $throw (import "m" "throw"))
  (tag $t (param i32))
  (func (export "catch") (result i32)
    (try (result i32) (do (call $throw) (i32.const 0)) (catch $t))))
