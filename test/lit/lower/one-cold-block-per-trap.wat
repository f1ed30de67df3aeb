;; However many divisions a function has, each kind of trap has one block.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: define {{.*}}fn0
;; CHECK-COUNT-2: {{^}}  unreachable
;; CHECK-NOT: unreachable
;; CHECK: define {{.*}}@w2n.entry.0
(module
  (func (export "f") (param i32 i32) (result i32)
    (i32.div_s (i32.div_s (local.get 0) (local.get 1)) (i32.div_s (local.get 1) (local.get 0)))))
