;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (table (export "table") 2 10 funcref)
  (elem (i32.const 1) $f)
  (type $one (func (param i32) (result i32)))
  (func (export "call") (param i32 i32) (result i32)
    (call_indirect (type $one) (local.get 0) (local.get 1)))
  (func $f (export "f") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
  (func $g (export "g") (param i32) (result i32) (i32.sub (local.get 0) (i32.const 1))))
