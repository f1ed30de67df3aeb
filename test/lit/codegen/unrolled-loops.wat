;; A body that the producer has written twice is written once again; one that only looks so is not.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O3 --emit=asm --target=x86_64 %t.wasm -o - | FileCheck %s --check-prefix=VECTOR

(module
  (memory 1)

;; CHECK-LABEL: define {{.*}}@fn0.scale(
;; CHECK: %count{{.*}} = phi i64
;; CHECK: ret void
;; VECTOR-LABEL: fn0.scale:
;; VECTOR-NOT: {{unpck|shufp}}
;; VECTOR: mulpd
;; VECTOR-NOT: {{unpck|shufp}}
;; VECTOR: retq
(func $scale (export "scale") (param $p i32) (param $n i32)
  (loop $next
    (f64.store (local.get $p) (f64.mul (f64.load (local.get $p)) (f64.const 7)))
    (f64.store offset=8 (local.get $p) (f64.mul (f64.load offset=8 (local.get $p)) (f64.const 7)))
    (local.set $p (i32.add (local.get $p) (i32.const 16)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

;; CHECK-LABEL: define {{.*}}@fn1.sum(
;; CHECK: %count{{.*}} = phi i64
;; CHECK: ret i32
(func $sum (export "sum") (param $p i32) (param $n i32) (result i32) (local $sum i32)
  (loop $next
    (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
    (local.set $sum (i32.add (local.get $sum) (i32.load offset=4 (local.get $p))))
    (local.set $sum (i32.add (local.get $sum) (i32.load offset=8 (local.get $p))))
    (local.set $p (i32.add (local.get $p) (i32.const 12)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (local.get $sum))

;; Another factor for every second.
;; CHECK-LABEL: define {{.*}}@fn2.factors(
;; CHECK-NOT: %count
;; CHECK: ret void
(func $factors (export "factors") (param $p i32) (param $n i32)
  (loop $next
    (f64.store (local.get $p) (f64.mul (f64.load (local.get $p)) (f64.const 7)))
    (f64.store offset=8 (local.get $p) (f64.mul (f64.load offset=8 (local.get $p)) (f64.const 6)))
    (local.set $p (i32.add (local.get $p) (i32.const 16)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

;; The second load might read the bytes that the first store writes, and does not.
;; CHECK-LABEL: define {{.*}}@fn3.loads_first(
;; CHECK-NOT: %count
;; CHECK: ret void
(func $loads_first (export "loads-first") (param $to i32) (param $from i32) (param $n i32) (local $a i32) (local $b i32)
  (loop $next
    (local.set $a (i32.load (local.get $from)))
    (local.set $b (i32.load offset=4 (local.get $from)))
    (i32.store (local.get $to) (local.get $a))
    (i32.store offset=4 (local.get $to) (local.get $b))
    (local.set $to (i32.add (local.get $to) (i32.const 8)))
    (local.set $from (i32.add (local.get $from) (i32.const 8)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
