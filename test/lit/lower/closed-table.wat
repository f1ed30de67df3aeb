;; A table that nothing but calls can reach is a constant: its size and type numbers are constants,
;; its elements are called with the instance's own context. This one is too large to have it once for the type.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK: @w2n.table.0 = hidden {{.*}}[8000 x { i32, i32 }]
;; CHECK-LABEL: define {{.*}}fn1
;; CHECK: icmp uge i32 %{{.*}}, 8000
;; CHECK: icmp ne i32 %{{.*}}, 0
;; CHECK: getelementptr i8, ptr @w2n.table.0
;; CHECK-NEXT: call i32 %{{.*}}(ptr swiftself %0)
(module (type $t (func (result i32)))
  (table 8000 funcref) (elem (i32.const 0) 0 0)
  (func (result i32) (i32.const 7))
  (func (param i32) (result i32) (call_indirect (type $t) (local.get 0))))
