;; A short fill, and a short copy, are calls of our builtins, not loops over bytes.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O2 --emit=asm --target=x86_64 %t.wasm -o - | FileCheck %s
;; CHECK-DAG: memset
;; CHECK-DAG: memmove
(module (memory 1)
  (func (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2))))
