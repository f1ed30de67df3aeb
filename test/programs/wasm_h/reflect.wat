;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "m" "f" (func (param i32 f64) (result i64)))
  (import "m" "t" (table 1 9 funcref))
  (func (export "func") (param i32 f64 f32) (result i32) (i32.const 0))
  (global (export "global") (mut f64) (f64.const 0))
  (global (export "constant") externref (ref.null extern))
  (table (export "table") 0 50 funcref)
  (memory (export "memory") 1))
