;; One comparison with the memory's size checks an access by 64-bit addresses, and the optimizer knows enough of both
;; to solve it for a whole loop: what is left inside is vectors.
;; REQUIRES: x86_64
;; RUN: wat2wasm --enable-memory64 %s -o %t.wasm && wasm2native compile -O3 --emit=asm %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: fn0:
;; CHECK: movdqu {{.*}}(%r{{.*}}), %xmm
;; CHECK-NEXT: paddd
;; CHECK-NOT: jae
;; CHECK: jne .LBB0
;; CHECK-LABEL: fn1:
;; CHECK: movdqu %xmm
;; CHECK-NOT: jae
;; CHECK: jne .LBB1
(module (memory i64 1)
  (func (param $p i64) (param $n i64) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load offset=1024 (local.get $p))))
      (local.set $p (i64.add (local.get $p) (i64.const 4)))
      (br_if $next (i64.ne (i64.const 0) (local.tee $n (i64.sub (local.get $n) (i64.const 1))))))
    (local.get $sum))
  (func (param $p i64) (param $n i64) (local $i i64)
    (loop $next
      (i32.store (i64.add (local.get $p) (i64.shl (local.get $i) (i64.const 2))) (i32.wrap_i64 (local.get $i)))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $i) (local.get $n))))))
