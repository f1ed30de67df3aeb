;; Traps of arithmetic, also where the result is not used.
(module
  (func (export "div-s") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "rem-s") (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
  (func (export "dropped-div") (param i32 i32) (drop (i32.div_u (local.get 0) (local.get 1))))
  (func (export "dropped-trunc") (param f64) (drop (i32.trunc_f64_s (local.get 0))))
  (func (export "trunc-u") (param f32) (result i64) (i64.trunc_f32_u (local.get 0)))
  (func (export "trunc-sat") (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0)))
  ;; By a constant: the check for zero is folded, the one for overflow is not.
  (func (export "div-minus-one") (param i32) (result i32) (i32.div_s (local.get 0) (i32.const -1)))
  ;; Invariant in the loop, which may run zero times.
  (func (export "hoisted") (param $count i32) (param $divisor i32) (result i32)
    (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum (i32.add (local.get $sum) (i32.div_s (i32.const 100) (local.get $divisor))))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum)))

(assert_trap (invoke "div-s" (i32.const 1) (i32.const 0)) "integer divide by zero")
(assert_trap (invoke "div-s" (i32.const 0x80000000) (i32.const -1)) "integer overflow")
(assert_return (invoke "div-s" (i32.const -7) (i32.const 2)) (i32.const -3))
(assert_return (invoke "rem-s" (i64.const 0x8000000000000000) (i64.const -1)) (i64.const 0))
(assert_trap (invoke "rem-s" (i64.const 1) (i64.const 0)) "integer divide by zero")
(assert_trap (invoke "dropped-div" (i32.const 1) (i32.const 0)) "integer divide by zero")
(assert_trap (invoke "dropped-trunc" (f64.const nan)) "invalid conversion to integer")
(assert_trap (invoke "dropped-trunc" (f64.const 2147483648)) "integer overflow")
(assert_return (invoke "dropped-trunc" (f64.const 2147483647.9)))
(assert_trap (invoke "trunc-u" (f32.const -1)) "integer overflow")
(assert_return (invoke "trunc-u" (f32.const -0.9)) (i64.const 0))
(assert_return (invoke "trunc-u" (f32.const 18446742974197923840)) (i64.const -1099511627776))
(assert_return (invoke "trunc-sat" (f32.const nan)) (i32.const 0))
(assert_return (invoke "trunc-sat" (f32.const 1e20)) (i32.const 0x7fffffff))
(assert_trap (invoke "div-minus-one" (i32.const 0x80000000)) "integer overflow")
(assert_return (invoke "hoisted" (i32.const 0) (i32.const 0)) (i32.const 0))
(assert_return (invoke "hoisted" (i32.const 3) (i32.const 25)) (i32.const 12))
(assert_trap (invoke "hoisted" (i32.const 1) (i32.const 0)) "integer divide by zero")
