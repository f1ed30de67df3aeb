;; A load for one of two conditions traps whatever the other is: a branch on both may be two branches in code.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 %t.wasm -o %t.so
;; RUN: not wasm2native run --invoke=either %t.so 0 65536 2>&1 | FileCheck %s
;; RUN: not wasm2native run --invoke=both %t.so 0 65536 2>&1 | FileCheck %s
;; RUN: wasm2native run --invoke=either %t.so 0 65535 && wasm2native run --invoke=both %t.so 0 65535
;; CHECK: trap: out of bounds memory access
(module (memory 1)
  (func (export "either") (param $a i32) (param $p i32) (result i32)
    (if (i32.or (i32.eqz (local.get $a)) (i32.ne (i32.load8_u (i32.const 8)) (i32.load8_u (local.get $p))))
      (then (i32.store (i32.const 100) (i32.const 1)) (return (i32.const 7))))
    (i32.const 9))
  (func (export "both") (param $a i32) (param $p i32) (result i32)
    (if (i32.and (i32.ne (local.get $a) (i32.const 0)) (i32.eq (i32.load8_u (local.get $p)) (i32.const 77)))
      (then (i32.store (i32.const 100) (i32.const 1)) (return (i32.const 7))))
    (i32.const 9)))
