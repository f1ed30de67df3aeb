;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "host" "scale" (func $scale (param f64 i64) (result f64)))
  (import "host" "note" (func $note (param i32 i32)))
  (import "host" "pair" (func $pair (param i32) (result i32 f32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello")
  (global (export "count") (mut i64) (i64.const 5))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "nothing"))
  (func (export "scale") (param f64 i64) (result f64) (call $scale (local.get 0) (local.get 1)))
  (func (export "greet") (call $note (i32.const 16) (i32.const 5)))
  (func (export "stray") (call $note (i32.const 65535) (i32.const 5)))
  (func (export "pair") (param i32) (result i32 f32) (call $pair (local.get 0)))
  (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func (export "loop") (loop (br 0))))
