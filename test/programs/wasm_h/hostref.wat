;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "" "echo" (func $echo (param externref) (result externref)))
  (global (export "global") (mut externref) (ref.null extern))
  (table $t (export "table") 10 externref)
  (func (export "set") (param externref) (global.set 0 (local.get 0)))
  (func (export "get") (result externref) (global.get 0))
  (func (export "put") (param i32 externref) (table.set $t (local.get 0) (local.get 1)))
  (func (export "take") (param i32) (result externref) (table.get $t (local.get 0)))
  (func (export "call") (param externref) (result externref) (call $echo (local.get 0)))
  (func (export "function") (param funcref) (result funcref) (local.get 0)))
