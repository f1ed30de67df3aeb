;; An artifact has no dynamic relocations, no undefined symbols, and one exported symbol; functions keep their wasm names.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -O2 %t.wasm -o %t.so
;; RUN: llvm-readobj --relocs %t.so | FileCheck %s --check-prefix=RELOCS
;; RUN: llvm-readelf --dyn-syms %t.so | FileCheck %s --check-prefix=DYNAMIC
;; RUN: llvm-readelf --symbols %t.so | FileCheck %s
;; RELOCS-NOT: R_
;; DYNAMIC-NOT: UND {{.+}}
;; DYNAMIC: PROTECTED {{.*}} wasm2native_metadata
;; CHECK-DAG: FUNC {{.*}} fibonacci
;; CHECK-DAG: FUNC {{.*}} memcpy{{$}}
(module (memory 1) (table 1 funcref) (elem (i32.const 0) 0)
  (func $fibonacci (export "fib") (param f32) (result f32) (f32.floor (local.get 0)))
  (func $memcpy (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2))))
