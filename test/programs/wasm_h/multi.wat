;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "" "rotate" (func $rotate (param i32 f64) (result f64 i32)))
  (func (export "swap") (param i32 f64) (result f64 i32) (call $rotate (local.get 0) (local.get 1)))
  (func (export "many") (param i32 i64 f32 f64 i32 i64 f32 f64 i32 i64 f32 f64)
    (result f64 f32 i64 i32 f64 f32 i64 i32 f64 f32 i64 i32)
    (local.get 11) (local.get 10) (local.get 9) (local.get 8) (local.get 7) (local.get 6)
    (local.get 5) (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0)))
