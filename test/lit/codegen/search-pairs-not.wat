;; What looks like a comparison of two ranges and is left alone: the pointers go opposite ways, or at two speeds, elements have two widths,
;; an element is compared with the one before it, and one range is written.
;; REQUIRES: x86_64
;; REQUIRES: unproven-passes
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 --emit=llvm-ir %t.wasm -o - | FileCheck %s
;; CHECK: define
;; CHECK-NOT: search.
(module (memory 1)
  (func (export "palindrome") (param $p i32) (param $q i32) (result i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $q (i32.sub (local.get $q) (i32.const 1)))
      (br_if $next (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q)))))
    (local.get $p))
  (func (export "speeds") (param $p i32) (param $q i32) (result i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $q (i32.add (local.get $q) (i32.const 2)))
      (br_if $next (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q)))))
    (local.get $p))
  (func (export "widths") (param $p i32) (param $q i32) (result i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $q (i32.add (local.get $q) (i32.const 2)))
      (br_if $next (i32.eq (i32.load8_u (local.get $p)) (i32.load16_u (local.get $q)))))
    (local.get $p))
  (func (export "ascends") (param $p i32) (result i32) (local $word i32) (local $before i32)
    (local.set $word (i32.load (local.get $p)))
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $before (local.get $word))
      (br_if $next (i32.ge_u (local.tee $word (i32.load (local.get $p))) (local.get $before))))
    (local.get $p))
  (func (export "writes") (param $p i32) (param $q i32) (result i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (i32.store8 offset=64 (local.get $p) (i32.const 1))
      (br_if $next (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q)))))
    (local.get $p)))
