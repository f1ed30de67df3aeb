;; A loop's counter is compared in 64 bits where an address counts the same steps.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s

(module
  (memory 1)

;; CHECK-LABEL: @fn0.least
;; CHECK: %[[NEXT:.*]] = add nuw nsw i64 %{{.*}}, 8
;; CHECK-NOT: and i64
;; CHECK: icmp eq i64 %[[NEXT]], 2000
;; CHECK: }
(func $least (export "least") (param $a i32) (param $b i32) (local $i i32) (local $x i32)
  (loop $next
    (if (i32.lt_s (local.tee $x (i32.load (i32.add (local.get $a) (local.get $i))))
                  (i32.load (i32.add (local.get $b) (local.get $i))))
      (then (i32.store (i32.add (local.get $b) (local.get $i)) (local.get $x))))
    (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 2000)))))

;; The counter never is 2001: it wraps around, and the loop goes on until an access traps.
;; CHECK-LABEL: @fn1.never
;; CHECK-NOT: icmp eq i64 %{{.*}}, 2001
;; CHECK: }
(func $never (export "never") (param $a i32) (param $b i32) (local $i i32) (local $x i32)
  (loop $next
    (if (i32.lt_s (local.tee $x (i32.load (i32.add (local.get $a) (local.get $i))))
                  (i32.load (i32.add (local.get $b) (local.get $i))))
      (then (i32.store (i32.add (local.get $b) (local.get $i)) (local.get $x))))
    (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 8))) (i32.const 2001))))))
