;; A constant that is added to the index becomes part of the access where a sum that wraps around would trap either way.
;; REQUIRES: x86_64
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -O2 --emit=asm %t.wasm -o - | FileCheck %s

(module
  (memory 1)

;; CHECK-LABEL: fn0.below:
;; CHECK: movl -16(%r{{..}},%r{{..}}), %eax
;; CHECK-NEXT: retq
(func $below (export "below") (param i32) (result i32) (i32.load (i32.sub (local.get 0) (i32.const 16))))

;; CHECK-LABEL: fn1.above:
;; CHECK: movl 16(%r{{..}},%r{{..}}), %eax
(func $above (export "above") (param i32) (result i32)
  (i32.add (i32.load (local.get 0)) (i32.load (i32.add (local.get 0) (i32.const 16)))))

;; Beyond the end it would wrap around to where something is.
;; CHECK-LABEL: fn2.alone:
;; CHECK: addl $16, %e{{..}}
(func $alone (export "alone") (param i32) (result i32) (i32.load (i32.add (local.get 0) (i32.const 16))))

;; The offset does not wrap around, so that this traps for less than 16, and must not read what is 16 before.
;; CHECK-LABEL: fn3.offset:
;; CHECK: addl $-16, %e{{..}}
;; CHECK: movl 32(%r{{..}},%r{{..}}), %eax
(func $offset (export "offset") (param i32) (result i32) (i32.load offset=32 (i32.sub (local.get 0) (i32.const 16))))

;; An entry of a table whose beginning has been accessed: a small index does not lead beyond the end.
;; CHECK-LABEL: fn4.table:
;; CHECK: movl (%r{{..}},%r{{..}},4), %eax
(func $table (export "table") (param $table i32) (param $index i32) (result i32)
  (i32.store (local.get $table) (i32.const 1))
  (i32.load (i32.add (local.get $table) (i32.shl (i32.and (local.get $index) (i32.const 255)) (i32.const 2)))))

;; A large one may.
;; CHECK-LABEL: fn5.largeTable:
;; CHECK: leal (%r{{.*}},%r{{.*}},4), %e{{..}}
(func $largeTable (export "largeTable") (param $table i32) (param $index i32) (result i32)
  (i32.store (local.get $table) (i32.const 1))
  (i32.load (i32.add (local.get $table) (i32.shl (i32.and (local.get $index) (i32.const 65535)) (i32.const 2)))))

;; A later access says nothing about an earlier one: this may lead to the beginning of memory.
;; CHECK-LABEL: fn6.tableLater:
;; CHECK: leal (%r{{.*}},%r{{.*}},4), %e{{..}}
(func $tableLater (export "tableLater") (param $table i32) (param $index i32) (result i32) (local $x i32)
  (local.set $x (i32.load (i32.add (local.get $table) (i32.shl (i32.and (local.get $index) (i32.const 255)) (i32.const 2)))))
  (i32.store (local.get $table) (i32.const 1))
  (local.get $x)))
