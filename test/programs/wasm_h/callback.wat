;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "" "double" (func $double (param i32) (result i32)))
  (import "" "add" (func $add (param i32) (result i32)))
  (func (export "run") (param i32 i32) (result i32)
    (call $double (i32.add (call $add (local.get 0)) (local.get 1)))))
