;; A type that is called through a closed table has a table of code of its own, where other types and null are code that
;; traps: the call compares its index, and no type.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK: @w2n.table.0.type.0 = hidden constant [3 x i32] {{.*}}@fn0.answer{{.*}}@w2n.trap.5{{.*}}@w2n.trap.4
;; CHECK-LABEL: define {{.*}}@fn2.call(
;; CHECK: icmp uge i32 %{{.*}}, 3
;; CHECK: %[[AT:.*]] = getelementptr inbounds i32, ptr @w2n.table.0.type.0
;; CHECK-NEXT: %[[DISTANCE:.*]] = load i32, ptr %[[AT]]
;; CHECK-NEXT: sext i32 %[[DISTANCE]]
;; CHECK-NEXT: %[[CODE:.*]] = getelementptr i8, ptr @w2n.table.0.type.0
;; CHECK-NEXT: call i32 %[[CODE]](ptr swiftself %0)
;; No function has this type, so that there is nothing to call.
;; CHECK-LABEL: define {{.*}}@fn3.call_nothing(
;; CHECK: getelementptr inbounds [8 x i8], ptr @w2n.table.0,
;; CHECK: icmp ne i32
(module (type $t (func (result i32))) (type $other (func (param i32))) (type $nothing (func (param f64)))
  (table 3 funcref) (elem (i32.const 0) $answer $ignore)
  (func $answer (type $t) (i32.const 7))
  (func $ignore (type $other))
  (func $call (param i32) (result i32) (call_indirect (type $t) (local.get 0)))
  (func $call-nothing (param i32) (call_indirect (type $nothing) (f64.const 0) (local.get 0))))
