;; A load over the end of memory traps though one byte of it is stored, also where the last passes find nothing.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 %t.wasm -o %t.so
;; RUN: wasm2native run --invoke=scalar %t.so 65528 && wasm2native run --invoke=lane %t.so 65528
;; RUN: not wasm2native run --invoke=scalar %t.so 65529 2>&1 | FileCheck %s
;; RUN: not wasm2native run --invoke=lane %t.so 65529 2>&1 | FileCheck %s
;; CHECK: trap: out of bounds memory access
(module (memory 1)
  (func (export "scalar") (param $p i32)
    (i64.store8 (i32.const 1) (i64.shr_u (i64.load (local.get $p)) (i64.const 48))))
  (func (export "lane") (param $p i32)
    (v128.store8_lane offset=1 6
      (i32.const 0)
      (v128.load64_lane 0 (local.get $p) (v128.const i32x4 0 0 0 0)))))
