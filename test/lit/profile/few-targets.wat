;; A call that becomes direct leaves a profile fitting, whatever the optimization level at which it was counted.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native -O0 --profile-generate %t.wasm -o %t.counting.so
;; RUN: rm -f %t.proftext && wasm2native run --profile-file %t.proftext --invoke=outer %t.counting.so 1 20
;; RUN: wasm2native -O2 -v --profile-use=%t.proftext %t.wasm -o %t.so 2>&1 | FileCheck %s
;; RUN: wasm2native run --invoke=outer %t.so 2 20 | FileCheck --check-prefix=RESULT %s
;; CHECK: of 3 functions, 3 have counts, 0 have changed
;; RESULT: -20
(module (type $t (func (param i32) (result i32)))
  (table 3 funcref) (elem (i32.const 1) $double $negate)
  (func $double (type $t) (i32.mul (local.get 0) (i32.const 2)))
  (func $negate (type $t) (i32.sub (i32.const 0) (local.get 0)))
  (func $outer (export "outer") (param i32 i32) (result i32)
    (call_indirect (type $t) (local.get 1) (local.get 0))))
