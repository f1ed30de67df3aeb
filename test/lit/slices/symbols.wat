;; Every slice of an artifact has the functions under their names and its own, without relocations; bytes do not depend on -j.
;; REQUIRES: x86_64
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native -j1 --mcpu=x86-64-v2,x86-64-v3 %t.wasm -o %t.1.so && wasm2native -j4 --mcpu=x86-64-v2,x86-64-v3 %t.wasm -o %t.4.so
;; RUN: cmp %t.1.so %t.4.so
;; RUN: llvm-nm %t.1.so | FileCheck %s
;; RUN: llvm-readelf -r %t.1.so | FileCheck --check-prefix=RELOCATIONS %s
;; RUN: not wasm2native --mcpu=x86-64-v2,x86-64-v3 --emit=llvm-ir %t.wasm -o - 2>&1 | FileCheck --check-prefix=TEXT %s
;; CHECK-DAG: t copy.x86-64-v2
;; CHECK-DAG: t copy.x86-64-v3
;; CHECK-DAG: t w2n.copy.0.0.x86-64-v2
;; CHECK-DAG: t w2n.copy.0.0.x86-64-v3
;; CHECK-NOT: t copy{{$}}
;; RELOCATIONS: There are no relocations in this file.
;; TEXT: a text is for one processor, but 2 were given
(module (memory 1) (func $copy (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))))
