;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "" "constant" (global $constant f32))
  (import "" "variable" (global $variable (mut i64)))
  (global (export "own") (mut f64) (f64.const 7))
  (func (export "get-constant") (result f32) (global.get $constant))
  (func (export "get-variable") (result i64) (global.get $variable))
  (func (export "set-variable") (param i64) (global.set $variable (local.get 0)))
  (export "constant-again" (global $constant)))
