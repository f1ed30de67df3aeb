;; The operand that waits for the previous iteration is used last; where no iteration waits, the order stays.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O0 %t.wasm -o %t.O0.so && wasm2native run --invoke=recurrence %t.O0.so 0 64 7 | FileCheck --check-prefix=VALUE %s
;; RUN: wasm2native run --invoke=polynomial %t.O0.so 0 90 7 | FileCheck --check-prefix=HASH %s
;; RUN: wasm2native compile -O2 %t.wasm -o %t.O2.so && wasm2native run --invoke=recurrence %t.O2.so 0 64 7 | FileCheck --check-prefix=VALUE %s
;; RUN: wasm2native run --invoke=polynomial %t.O2.so 0 90 7 | FileCheck --check-prefix=HASH %s

(module
  (memory 1)
  (data (i32.const 0) "The quick brown fox jumps over the lazy dog, and so on, until the text is as long as needed.")
  (data (i32.const 1000) "numbers of 16 bits from here: 0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

;; VALUE: 5265
;; CHECK-LABEL: @fn0.recurrence
;; CHECK: %[[LATE:.*]] = zext i16
;; CHECK-NEXT: xor i32
;; CHECK-NEXT: xor i32
;; CHECK-NEXT: xor i32 {{.*}}%[[LATE]]
;; CHECK-NOT: xor i32
;; CHECK: }
(func $recurrence (export "recurrence") (param $p i32) (param $end i32) (param $x i32) (result i32)
  (loop $next
    (local.set $x
      (i32.xor (i32.load (local.get $p))
        (i32.xor (i32.load offset=4 (local.get $p))
          (i32.xor (i32.load offset=8 (local.get $p))
            (i32.load16_u offset=1000 (i32.and (local.get $x) (i32.const 62)))))))
    (br_if $next (i32.ne (local.tee $p (i32.add (local.get $p) (i32.const 4))) (local.get $end))))
  (i32.rem_u (local.get $x) (i32.const 10007)))

;; The same, but only the counter is carried from one iteration to the next.
;; CHECK-LABEL: @fn1.independent
;; CHECK: %[[FIRST:.*]] = zext i16
;; CHECK: xor i32 {{.*}}%[[FIRST]]
;; CHECK: }
(func $independent (export "independent") (param $p i32) (param $end i32)
  (loop $next
    (i32.store offset=3000 (local.get $p)
      (i32.xor (i32.load (local.get $p))
        (i32.xor (i32.load offset=4 (local.get $p))
          (i32.xor (i32.load offset=8 (local.get $p))
            (i32.load16_u offset=1000 (i32.and (i32.load16_u offset=12 (local.get $p)) (i32.const 62)))))))
    (br_if $next (i32.ne (local.tee $p (i32.add (local.get $p) (i32.const 4))) (local.get $end)))))

;; Terms that something else needs, too, are not computed twice.
;; CHECK-LABEL: @fn2.shared
;; CHECK: %[[LATE:.*]] = zext i16
;; CHECK: %[[KEPT:.*]] = xor i32 {{.*}}%[[LATE]]
;; CHECK: store i32 %[[KEPT]]
;; CHECK: }
(func $shared (export "shared") (param $p i32) (param $x i32) (result i32) (local $y i32)
  (loop $next
    (i32.store offset=2000 (i32.const 0)
      (local.tee $y (i32.xor (i32.load offset=8 (local.get $p)) (i32.load16_u offset=1000 (i32.and (local.get $x) (i32.const 62))))))
    (local.set $x (i32.xor (i32.load (local.get $p)) (i32.xor (i32.load offset=4 (local.get $p)) (local.get $y))))
    (br_if $next (i32.ne (local.tee $p (i32.add (local.get $p) (i32.const 4))) (i32.const 64))))
  (local.get $x))

;; A polynomial, of four steps when the loop has been rolled up and unrolled: one multiplication waits for the iteration before.
;; HASH: -556855655
;; CHECK-LABEL: @fn3.polynomial
;; CHECK: loop:
;; CHECK: mul i32 %{{.*}}, 923521
;; CHECK: mul i32 %{{.*}}, 29791
;; CHECK: mul i32 %{{.*}}, 961
;; CHECK: mul i32 %{{.*}}, 31
;; CHECK-NOT: {{ mul }}
;; CHECK: br i1
(func $polynomial (export "polynomial") (param $p i32) (param $end i32) (param $h i32) (result i32)
  (loop $next
    (local.set $h
      (i32.add (i32.load8_u offset=2 (local.get $p)) (i32.mul (i32.const 31)
        (i32.add (i32.load8_u offset=1 (local.get $p)) (i32.mul (i32.const 31)
          (i32.add (i32.load8_u (local.get $p)) (i32.mul (i32.const 31) (local.get $h))))))))
    (br_if $next (i32.ne (local.tee $p (i32.add (local.get $p) (i32.const 3))) (local.get $end))))
  (local.get $h))

;; No polynomial: each step is needed for the next as a whole.
;; CHECK-LABEL: @fn4.rotated
;; CHECK: mul i32 %{{.*}}, 31
;; CHECK: fshl
;; CHECK: mul i32 %{{.*}}, 31
;; CHECK-NOT: {{ mul }}
;; CHECK: }
(func $rotated (export "rotated") (param $p i32) (param $end i32) (param $h i32) (result i32)
  (loop $next
    (local.set $h
      (i32.add (i32.load8_u offset=1 (local.get $p)) (i32.mul (i32.const 31)
        (i32.rotl (i32.add (i32.load8_u (local.get $p)) (i32.mul (i32.const 31) (local.get $h))) (i32.const 5)))))
    (br_if $next (i32.ne (local.tee $p (i32.add (local.get $p) (i32.const 2))) (local.get $end))))
  (local.get $h)))
