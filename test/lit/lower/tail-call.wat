;; A function with tail calls is a body, which tail calls jump to, and a wrapper for everyone else; others are as they were.
;; RUN: wat2wasm --enable-tail-call --debug-names %s -o %t.wasm && wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: define hidden i32 @w2n.wrapper.1(ptr {{.*}}swiftself
;; CHECK: call swifttailcc i32 @fn1.from(ptr swiftself %0, i32 %1)
;; CHECK-LABEL: define hidden swifttailcc i32 @fn1.from(ptr {{.*}}swiftself
;; CHECK: musttail call swifttailcc i32 @fn2.to(ptr swiftself %0, i32 %1, i64 1, double 2.000000e+00)
;; CHECK-NEXT: ret i32
;; CHECK-LABEL: define hidden swifttailcc i32 @fn2.to(
;; CHECK: icmp eq ptr [[BODY:%.*]], null
;; CHECK: call i32 %{{[0-9]+}}(ptr swiftself
;; CHECK: musttail call swifttailcc i32 [[BODY]](ptr swiftself %{{.*}}, i32 %1)
;; CHECK-LABEL: define hidden i32 @fn3.ordinary(
;; CHECK: call i32 @w2n.wrapper.1(ptr swiftself %0, i32 %1)
(module
  (import "m" "imported" (func $imported (param i32) (result i32)))
  (func $from (param i32) (result i32) (return_call $to (local.get 0) (i64.const 1) (f64.const 2)))
  (func $to (param i32 i64 f64) (result i32) (return_call $imported (local.get 0)))
  (func $ordinary (export "ordinary") (param i32) (result i32) (call $from (local.get 0))))
