;; An address is the 32-bit index, taken as unsigned, plus the offset, without wrapping around: arithmetic on the index wraps
;; at 32 bits first.
(module
  (memory 1 1)
  (data (i32.const 0) "\2a\00\00\00")
  (func (export "plain") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "offset-4") (param i32) (result i32) (i32.load offset=4 (local.get 0)))
  (func (export "offset-max") (param i32) (result i32) (i32.load8_u offset=0xffffffff (local.get 0)))
  ;; The sum wraps to 0.
  (func (export "wrapping-sum") (param i32) (param i32) (result i32)
    (i32.load (i32.add (local.get 0) (local.get 1))))
  ;; Shifted out of 32 bits: 0x20000000 << 3 is 0.
  (func (export "wrapping-shift") (param i32) (result i32)
    (i32.load (i32.shl (local.get 0) (i32.const 3))))
  (func (export "wrapping-scale") (param i32) (param i32) (result i32)
    (i32.load (i32.add (i32.mul (local.get 0) (i32.const 8)) (local.get 1))))
  ;; A loop that starts below zero must not take the index for a signed number.
  (func (export "count-up") (param $i i32) (param $end i32) (result i32)
    (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $i))))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $end))))
    (local.get $sum))
  (func (export "store-last") (param i32) (i64.store (local.get 0) (i64.const -1)))
  (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "copysign-last") (param i32) (result f64)
    (f64.copysign (f64.const 1) (f64.load (local.get 0)))))

(assert_return (invoke "plain" (i32.const 0)) (i32.const 42))
(assert_trap (invoke "plain" (i32.const -4)) "out of bounds memory access")
(assert_trap (invoke "plain" (i32.const 0x80000000)) "out of bounds memory access")
(assert_trap (invoke "offset-4" (i32.const -4)) "out of bounds memory access")
(assert_trap (invoke "offset-4" (i32.const 65529)) "out of bounds memory access")
(assert_return (invoke "offset-4" (i32.const 65528)) (i32.const 0))
(assert_trap (invoke "offset-max" (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "offset-max" (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "wrapping-sum" (i32.const -4) (i32.const 4)) (i32.const 42))
(assert_trap (invoke "wrapping-sum" (i32.const -4) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "wrapping-shift" (i32.const 0x20000000)) (i32.const 42))
(assert_trap (invoke "wrapping-shift" (i32.const 0x10000000)) "out of bounds memory access")
(assert_return (invoke "wrapping-scale" (i32.const 0x20000001) (i32.const -8)) (i32.const 42))
(assert_return (invoke "count-up" (i32.const 0) (i32.const 65536)) (i32.const 42))
(assert_trap (invoke "count-up" (i32.const -2) (i32.const 3)) "out of bounds memory access")
(assert_trap (invoke "store-last" (i32.const 65529)) "out of bounds memory access")
;; A store that traps has written nothing.
(assert_return (invoke "byte" (i32.const 65535)) (i32.const 0))
(assert_return (invoke "store-last" (i32.const 65528)))
(assert_return (invoke "byte" (i32.const 65535)) (i32.const 255))
;; Eight bytes are wanted, not sixteen.
(assert_return (invoke "copysign-last" (i32.const 65528)) (f64.const -1))
