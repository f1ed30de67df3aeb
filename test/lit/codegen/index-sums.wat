;; A constant that is added to the index becomes part of the access where a sum that wraps around would trap either way.
;; REQUIRES: x86_64
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -O2 --emit=asm %t.wasm -o - | FileCheck %s

(module
  (memory 1)

;; CHECK-LABEL: below:
;; CHECK: movl -16(%r{{..}},%r{{..}}), %eax
;; CHECK-NEXT: retq
(func $below (export "below") (param i32) (result i32) (i32.load (i32.sub (local.get 0) (i32.const 16))))

;; CHECK-LABEL: above:
;; CHECK: movl 16(%r{{..}},%r{{..}}), %eax
(func $above (export "above") (param i32) (result i32)
  (i32.add (i32.load (local.get 0)) (i32.load (i32.add (local.get 0) (i32.const 16)))))

;; Beyond the end it would wrap around to where something is.
;; CHECK-LABEL: alone:
;; CHECK: addl $16, %e{{..}}
(func $alone (export "alone") (param i32) (result i32) (i32.load (i32.add (local.get 0) (i32.const 16))))

;; The offset does not wrap around, so that this traps for less than 16, and must not read what is 16 before.
;; CHECK-LABEL: offset:
;; CHECK: addl $-16, %e{{..}}
;; CHECK: movl 32(%r{{..}},%r{{..}}), %eax
(func $offset (export "offset") (param i32) (result i32) (i32.load offset=32 (i32.sub (local.get 0) (i32.const 16)))))
