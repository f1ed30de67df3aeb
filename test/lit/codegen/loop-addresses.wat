;; An index of 32 bits that steps through memory becomes an address of 64, where the access of each iteration shows that it
;; does not wrap around.
;; REQUIRES: unproven-passes
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -Os --stop-after=optimize %t.wasm -o - | FileCheck %s

(module
  (memory 1)

;; One variable serves both accesses.
;; CHECK-LABEL: define {{.*}}@fn0.each(
;; CHECK: zext i32 %1 to i64
;; CHECK: [[ADDRESS:%address[0-9]*]] = phi i64
;; CHECK-NOT: zext
;; CHECK: add nuw nsw i64 [[ADDRESS]], 4
;; CHECK: ret
(func $each (export "each") (param $p i32) (param $n i32)
  (loop $next
    (i32.store (i32.add (local.get $p) (i32.const 8)) (i32.mul (i32.load (local.get $p)) (i32.const 7)))
    (local.set $p (i32.add (local.get $p) (i32.const 4)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

;; Arrays at unknown distances are two objects, which one variable steps through.
;; CHECK-LABEL: define {{.*}}@fn1.arrays(
;; CHECK: inttoptr
;; CHECK: inttoptr
;; CHECK: [[STEPS:%steps[0-9]*]] = phi i64
;; CHECK-NOT: phi i64
;; CHECK: ret
(func $arrays (export "arrays") (param $p i32) (param $q i32) (param $n i32)
  (loop $next
    (i32.store (local.get $q) (i32.mul (i32.load (local.get $p)) (i32.const 7)))
    (local.set $p (i32.add (local.get $p) (i32.const 4)))
    (local.set $q (i32.add (local.get $q) (i32.const 4)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

;; The access happens in some iterations only.
;; CHECK-LABEL: define {{.*}}@fn2.some(
;; CHECK: phi i32
;; CHECK: zext i32
;; CHECK: ret
(func $some (export "some") (param $p i32) (param $n i32) (result i32) (local $sum i32)
  (loop $next
    (if (i32.and (local.get $n) (i32.const 5))
      (then (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))))
    (local.set $p (i32.add (local.get $p) (i32.const 4)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (local.get $sum))

;; The step is larger than what is never accessible at the end.
;; CHECK-LABEL: define {{.*}}@fn3.far(
;; CHECK: phi i32
;; CHECK: zext i32
;; CHECK: ret
(func $far (export "far") (param $p i32) (param $n i32) (result i32) (local $sum i32)
  (loop $next
    (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
    (local.set $p (i32.add (local.get $p) (i32.const 65540)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (local.get $sum)))
