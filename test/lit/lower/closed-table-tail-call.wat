;; A tail call through a closed table jumps: its functions of that type have bodies, also those without tail calls.
;; RUN: wat2wasm --enable-tail-call --debug-names %s -o %t.wasm && wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK: @w2n.table.0 = hidden {{.*}}[2 x { i32, i32, i32, i32 }]
;; CHECK-LABEL: define hidden swifttailcc i32 @fn0.next(
;; CHECK: load i32, {{.*}}!invariant.load
;; CHECK-NOT: null
;; CHECK: musttail call swifttailcc i32 %{{.*}}(ptr swiftself %0, i32 %1)
;; CHECK-LABEL: define hidden swifttailcc i32 @fn1.halt(
(module
  (type $t (func (param i32) (result i32)))
  (table funcref (elem $next $halt))
  (func $next (type $t) (return_call_indirect (type $t) (local.get 0) (local.get 0)))
  (func $halt (type $t) (local.get 0))
  (func (export "run") (result i32) (call $next (i32.const 1))))
