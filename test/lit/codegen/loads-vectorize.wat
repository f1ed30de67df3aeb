;; Loads that trap exactly are ordinary loads all the same: a sum over an array is vectorized.
;; REQUIRES: x86_64
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 --emit=asm %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: fn0:
;; CHECK: movdqu
;; CHECK: paddd
(module (memory 1)
  (func (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
