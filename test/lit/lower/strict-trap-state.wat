;; --strict-trap-state puts a compiler fence before every access; without it there is none.
;; RUN: wat2wasm %s -o %t.wasm
;; RUN: wasm2native compile --strict-trap-state --stop-after=lower %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s --check-prefix=RELAXED
;; CHECK: fence syncscope("singlethread") seq_cst
;; CHECK: load i32
;; CHECK: fence syncscope("singlethread") seq_cst
;; CHECK: store i32
;; RELAXED-NOT: fence
(module (memory 1)
  (func (param i32) (i32.store (local.get 0) (i32.load (local.get 0)))))
