;; Explicit checks compare index + offset + size with the memory's size; guard pages need no comparison.
;; RUN: wat2wasm %s -o %t.wasm
;; RUN: wasm2native compile --bounds-checks=explicit --stop-after=lower %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s --check-prefix=GUARD
;; CHECK: add nuw nsw i64 %{{.*}}, 12
;; CHECK: %[[BYTES:.*]] = load i64
;; CHECK: icmp ugt i64 %{{.*}}, %[[BYTES]]
;; CHECK: load i32
;; GUARD-NOT: icmp
;; GUARD: load i32
(module (memory 1)
  (func (param i32) (result i32) (i32.load offset=8 (local.get 0))))
