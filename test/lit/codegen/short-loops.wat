;; A loop of at most 15 iterations, which a producer's unrolling leaves over, gets no vectors.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile -O3 --stop-after=optimize %t.wasm -o - | FileCheck %s

(module
  (memory 1)

;; CHECK-LABEL: define {{.*}} @fn0.rest
;; CHECK-NOT: <4 x i
;; CHECK: }
(func $rest (export "rest") (param $to i32) (param $count i32)
  (if (local.tee $count (i32.and (local.get $count) (i32.const 7)))
    (then (loop $next
      (i32.store (local.get $to) (i32.const 7))
      (local.set $to (i32.add (local.get $to) (i32.const 4)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))))

;; 31 iterations are worth vectors.
;; CHECK-LABEL: define {{.*}} @fn1.longer
;; CHECK: store <4 x i32> splat (i32 7)
;; CHECK: }
(func $longer (export "longer") (param $to i32) (param $count i32)
  (if (local.tee $count (i32.and (local.get $count) (i32.const 31)))
    (then (loop $next
      (i32.store (local.get $to) (i32.const 7))
      (local.set $to (i32.add (local.get $to) (i32.const 4)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))))
