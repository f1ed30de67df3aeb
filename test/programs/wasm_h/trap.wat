;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "" "fail" (func $fail (result i32)))
  (func (export "callback") (result i32) (call $fail))
  (func $inner (result i32) (i32.div_s (i32.const 1) (i32.const 0)))
  (func (export "divide") (result i32) (call $inner)))
