;; Memory's base is loaded once, before the body, and as something that never changes.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: define {{.*}}fn0(ptr {{.*}}swiftself
;; CHECK: entry:
;; CHECK-COUNT-1: load ptr, {{.*}}!invariant.load
;; CHECK-NEXT: br label
;; CHECK-NOT: !invariant.load
;; CHECK: ret i32
(module (memory 1)
  (func (param i32) (result i32)
    (i32.add (i32.load (local.get 0)) (i32.load offset=8 (local.get 0)))))
