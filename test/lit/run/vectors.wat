;; --invoke reads and prints vectors in hexadecimal, lane 0 last.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: wasm2native run --invoke widen %t.so 0x80ff 7 | FileCheck %s
;; CHECK: 0x000000000000000000000000ff80ffff
;; CHECK-NEXT: 8
;; RUN: not wasm2native run --invoke widen %t.so 80ff 7 2>&1 | FileCheck --check-prefix=BAD %s
;; BAD: argument '80ff' is not a v128, which is 0x and 1 to 32 hexadecimal digits
(module
  (func (export "widen") (param v128 i32) (result v128 i32)
    (i16x8.extend_low_i8x16_s (local.get 0)) (i32.add (local.get 1) (i32.const 1))))
