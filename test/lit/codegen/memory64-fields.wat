;; Accesses to several fields at one 64-bit index share one comparison; with explicit checks each field has its own.
;; REQUIRES: x86_64
;; RUN: wat2wasm --enable-memory64 %s -o %t.wasm && wasm2native compile -O3 --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O3 --emit=asm --bounds-checks=explicit %t.wasm -o - | FileCheck %s --check-prefix=EXPLICIT
;; CHECK-LABEL: fn0:
;; CHECK-COUNT-1: cmpq
;; CHECK-NOT: cmpq
;; CHECK: .Lfunc_end0
;; EXPLICIT-LABEL: fn0:
;; EXPLICIT-COUNT-3: cmpq
;; EXPLICIT: .Lfunc_end0
(module (memory i64 1)
  (func (param $p i64) (result i64)
    (i64.add (i64.load (local.get $p))
             (i64.add (i64.load offset=8 (local.get $p)) (i64.load offset=16 (local.get $p))))))
