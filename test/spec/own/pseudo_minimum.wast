;; Zeros are equal for a pseudo-minimum, so that it is the first operand, also where that is a constant of which another lane is not zero.
(module
  (func (export "pmin") (param f64) (result v128)
    (f64x2.pmin (v128.const f64x2 0 inf) (f64x2.splat (local.get 0))))
  (func (export "pmax") (param f64) (result v128)
    (f64x2.pmax (v128.const f64x2 -0 1) (f64x2.splat (local.get 0)))))
(assert_return (invoke "pmin" (f64.const -0)) (v128.const f64x2 0 -0))
(assert_return (invoke "pmax" (f64.const 0)) (v128.const f64x2 -0 1))
