;; A timeout ends work on large tables.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: sh -c 'wasm2native run --timeout 50ms --invoke=fill %t.so; echo status $?' 2>&1 | FileCheck %s -DNAME=fill
;; RUN: sh -c 'wasm2native run --timeout 50ms --invoke=copy %t.so; echo status $?' 2>&1 | FileCheck %s -DNAME=copy
;; RUN: sh -c 'wasm2native run --timeout 50ms --invoke=grow %t.so; echo status $?' 2>&1 | FileCheck %s -DNAME=grow
;; CHECK:      wasm2native: deadline exceeded
;; CHECK-NEXT: {{^}}  at $[[NAME]] (wasm-function[{{[012]}}])
;; CHECK-NEXT: status 124
(module
  (table $large 10000000 10000000 funcref)
  (table $growing 0 10000000 funcref)
  (elem declare func $fill)
  (func $fill (export "fill")
    (loop (table.fill $large (i32.const 0) (ref.func $fill) (i32.const 10000000)) (br 0)))
  (func $copy (export "copy")
    (loop (table.copy $large $large (i32.const 1) (i32.const 0) (i32.const 9999999)) (br 0)))
  ;; By steps, and then by none that succeeds.
  (func $grow (export "grow")
    (loop (drop (table.grow $growing (ref.func $fill) (i32.const 1000003))) (br 0))))
