;; A NaN becomes quiet in every lane, also beside a constant that would leave another value as it is in some lanes.
(module
  (func (export "div") (param i64) (result v128)
    (f64x2.div (i64x2.splat (local.get 0)) (v128.const f64x2 1 3)))
  (func (export "max") (param i32) (result v128)
    (f32x4.max (v128.const f32x4 0 -0 1 2) (i32x4.splat (local.get 0)))))
(assert_return (invoke "div" (i64.const 0x7ff0000000000001)) (v128.const f64x2 nan:arithmetic nan:arithmetic))
(assert_return (invoke "max" (i32.const 0xffa12345)) (v128.const f32x4 nan:arithmetic nan:arithmetic nan:arithmetic nan:arithmetic))
