;; --invoke reads arguments by the parameters' types and prints the results, one to a line.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: wasm2native run --invoke swap %t.so 0xffffffff -1 | FileCheck --check-prefix=SWAP %s
;; SWAP: -1
;; SWAP-NEXT: -1
;; RUN: wasm2native run --invoke floats %t.so -- 1.5 nan | FileCheck --check-prefix=FLOATS %s
;; FLOATS: nan
;; FLOATS-NEXT: 1.5
;; RUN: wasm2native run --invoke floats %t.wasm inf -0x1p-3 | FileCheck --check-prefix=HEX %s
;; HEX: -0.125
;; HEX-NEXT: inf
(module
  (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
  (func (export "floats") (param f32 f64) (result f64 f32) (local.get 1) (local.get 0)))
