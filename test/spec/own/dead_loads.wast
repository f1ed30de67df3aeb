;; A load whose value nobody uses traps like any other (core specification, section 4.6.9).
(module
  (memory 1)
  (func (export "drop-i32") (param i32) (drop (i32.load (local.get 0))))
  (func (export "drop-f64") (param i32) (drop (f64.load offset=8 (local.get 0))))
  (func (export "drop-twice") (param i32) (param i32)
    (drop (i64.load (local.get 0)))
    (drop (i64.load (local.get 1))))
  ;; Only the low byte of the sum is wanted, and only the first byte of each element; all four must exist.
  (func (export "narrow") (param i32) (result i32)
    (i32.and (i32.load (local.get 0)) (i32.const 255)))
  ;; Multiplied by zero, and so not needed.
  (func (export "times-zero") (param i32) (result i32)
    (i32.mul (i32.load (local.get 0)) (i32.const 0)))
  ;; Either arm gives the same, so the load in one of them is not needed.
  (func (export "same-arms") (param i32) (result i32)
    (if (result i32) (i32.load (local.get 0)) (then (i32.const 7)) (else (i32.const 7))))
  ;; A loop that sums and throws the sum away.
  (func (export "dead-sum") (param $bytes i32)
    (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $bytes)))))
  ;; Overwritten at once: the first load is dead, and the store is not.
  (func (export "overwritten") (param i32) (result i32)
    (local $value i32)
    (local.set $value (i32.load (local.get 0)))
    (local.set $value (i32.const 3))
    (local.get $value)))

(assert_return (invoke "drop-i32" (i32.const 65532)))
(assert_trap (invoke "drop-i32" (i32.const 65533)) "out of bounds memory access")
(assert_trap (invoke "drop-i32" (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "drop-f64" (i32.const 65520)))
(assert_trap (invoke "drop-f64" (i32.const 65521)) "out of bounds memory access")
(assert_return (invoke "drop-twice" (i32.const 0) (i32.const 65528)))
(assert_trap (invoke "drop-twice" (i32.const 0) (i32.const 65529)) "out of bounds memory access")
(assert_trap (invoke "drop-twice" (i32.const 65529) (i32.const 0)) "out of bounds memory access")
(assert_return (invoke "narrow" (i32.const 65532)) (i32.const 0))
(assert_trap (invoke "narrow" (i32.const 65533)) "out of bounds memory access")
(assert_return (invoke "times-zero" (i32.const 65532)) (i32.const 0))
(assert_trap (invoke "times-zero" (i32.const 65535)) "out of bounds memory access")
(assert_return (invoke "same-arms" (i32.const 65532)) (i32.const 7))
(assert_trap (invoke "same-arms" (i32.const 65536)) "out of bounds memory access")
(assert_return (invoke "dead-sum" (i32.const 65536)))
(assert_trap (invoke "dead-sum" (i32.const 65540)) "out of bounds memory access")
(assert_return (invoke "overwritten" (i32.const 0)) (i32.const 3))
(assert_trap (invoke "overwritten" (i32.const 65534)) "out of bounds memory access")
