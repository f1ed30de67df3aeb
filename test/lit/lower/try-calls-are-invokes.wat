;; Calls are invokes inside a try, and plain calls outside of one; a throw in the same try is a branch to its clauses.
;; RUN: wat2wasm --enable-exceptions --debug-names %s -o %t.wasm && wasm2native compile -O1 --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: define {{.*}}@fn1.caller(
;; CHECK-NOT: personality
;; CHECK: call {{.*}}@fn0.callee
;; CHECK-NOT: landingpad
;; CHECK-LABEL: define {{.*}}@fn2.catcher(
;; CHECK-SAME: personality ptr @w2n.personality
;; CHECK: invoke {{.*}}@fn0.callee({{.*}}
;; CHECK-NEXT: to label %{{.*}} unwind label %[[PAD:.*]]
;; CHECK: invoke {{.*}}@fn0.callee({{.*}}
;; CHECK-NEXT: to label %{{.*}} unwind label %[[PAD]]
;; CHECK: [[PAD]]:
;; CHECK-NEXT: landingpad { ptr, i32 }
;; CHECK-NEXT: catch ptr null
;; CHECK: declare extern_weak {{.*}}hidden i32 @w2n.personality(...)
;; CHECK-LABEL: define {{.*}}@fn3.thrower(
;; CHECK-NOT: landingpad
;; CHECK: br label %clauses
;; CHECK: clauses:
(module
  (tag $t (param i32))
  (func $callee (param i32) (throw $t (local.get 0)))
  (func $caller (param i32) (call $callee (local.get 0)))
  (func $catcher (param i32) (result i32)
    (try (result i32)
      (do (call $callee (local.get 0)) (call $callee (i32.const 1)) (i32.const 0))
      (catch $t)))
  (func $thrower (param i32) (result i32)
    (try (result i32) (do (throw $t (local.get 0))) (catch $t))))
