(module
  (import "host" "turn" (func $turn (param i32 v128 f64 v128) (result v128 i32 v128)))
  (global (export "last") (mut v128) (v128.const i64x2 0 0))
  (func (export "turn") (param i32 v128 f64 v128) (result v128 i32 v128)
    (global.set 0 (local.get 3))
    (call $turn (local.get 0) (local.get 1) (local.get 2) (local.get 3))))
