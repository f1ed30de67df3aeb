;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "" "f" (func $f (param i64) (result i64)))
  (func (export "f") (param i64) (result i64) (call $f (local.get 0))))
