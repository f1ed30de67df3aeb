;; The exports of a preloaded module, compiled or not, satisfy imports of its name.
;; RUN: split-file %s %t && wat2wasm %t/lib.wat -o %t/lib.wasm && wat2wasm %t/main.wat -o %t/main.wasm
;; RUN: wasm2native %t/lib.wasm && wasm2native %t/main.wasm
;; RUN: wasm2native run --preload lib=%t/lib.so --invoke f %t/main.so | FileCheck %s
;; RUN: wasm2native run --preload lib=%t/lib.wasm --invoke f %t/main.wasm | FileCheck %s
;; RUN: not wasm2native run --invoke f %t/main.so 2>&1 | FileCheck --check-prefix=WITHOUT %s
;; CHECK: 42
;; WITHOUT: main.so: unknown import
;--- lib.wat
(module (global $calls (mut i32) (i32.const 41))
  (func (export "_initialize") (global.set $calls (i32.add (global.get $calls) (i32.const 1))))
  (func (export "next") (result i32) (global.get $calls)))
;--- main.wat
(module (import "lib" "next" (func $next (result i32))) (func (export "f") (result i32) (call $next)))
