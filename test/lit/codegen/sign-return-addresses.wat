;; On AArch64, functions that call others sign their return address and check it before they return, if asked to;
;; others have nothing to sign. Elsewhere the option does nothing.
;; RUN: wat2wasm --enable-all %s -o %t.wasm
;; RUN: wasm2native --target=aarch64 --sign-return-addresses --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native --target=aarch64 --emit=asm %t.wasm -o - | FileCheck --check-prefix=NONE %s
;; RUN: wasm2native --sign-return-addresses --emit=asm %t.wasm -o %t.signed.s
;; RUN: wasm2native --emit=asm %t.wasm -o %t.s
;; RUN: cmp %t.s %t.signed.s

;; The instructions are hints, which older processors skip: paciasp and autiasp.
;; CHECK-LABEL: fn1:
;; CHECK: hint #25
;; CHECK-NEXT: .cfi_negate_ra_state
;; CHECK: hint #29
;; CHECK-LABEL: fn2:
;; CHECK-NOT: hint #25
;; CHECK: .cfi_endproc
;; NONE-NOT: hint #25
;; NONE-NOT: hint #29
(module
  (import "m" "f" (func $f (param i32) (result i32)))
  (func (export "calls") (param i32) (result i32)
    (i32.add (call $f (local.get 0)) (i32.const 1)))
  (func (export "leaf") (param i32) (result i32)
    (i32.mul (local.get 0) (local.get 0))))
