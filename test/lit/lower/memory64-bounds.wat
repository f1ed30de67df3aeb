;; The comparison of 64-bit indices: alone, if what is added fits in the guard; else with the sum on the side that
;; cannot wrap.
;; RUN: wat2wasm --enable-memory64 %s -o %t.wasm
;; RUN: wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile --stop-after=lower --bounds-checks=explicit %t.wasm -o - | FileCheck %s --check-prefix=EXPLICIT
;; CHECK-LABEL: define {{.*}}fn0
;; CHECK: %[[SIZE:.*]] = load i64, {{.*}} !range
;; CHECK-NEXT: icmp uge i64 %1, %[[SIZE]]
;; EXPLICIT-LABEL: define {{.*}}fn0
;; EXPLICIT: usub.sat.i64(i64 %{{.*}}, i64 11)
;; EXPLICIT-NEXT: icmp uge i64
;; CHECK-LABEL: define {{.*}}fn1
;; CHECK: usub.sat.i64(i64 %{{.*}}, i64 33554432)
(module (memory i64 1)
  (func (param i64) (result i32) (i32.load offset=8 (local.get 0)))
  (func (param i64) (result i32) (i32.load8_u offset=33554432 (local.get 0))))
