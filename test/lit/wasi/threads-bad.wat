;; A module that spawns threads must say what they run.
;; RUN: split-file %s %t
;; RUN: wat2wasm --enable-threads %t/missing.wat -o %t/missing.wasm && not wasm2native run %t/missing.wasm 2>&1 | FileCheck %s --check-prefix=MISSING
;; MISSING: error: {{.*}}missing.wasm: the module imports "wasi"."thread-spawn" but exports no function 'wasi_thread_start'
;; RUN: wat2wasm --enable-threads %t/type.wat -o %t/type.wasm && not wasm2native run %t/type.wasm 2>&1 | FileCheck %s --check-prefix=TYPE
;; TYPE: trap: export 'wasi_thread_start' must be a function [i32 i32] -> []

;; Threads cannot share the instance of another module.
;; RUN: wat2wasm %t/lib.wat -o %t/lib.wasm && wat2wasm --enable-threads %t/main.wat -o %t/main.wasm
;; RUN: not wasm2native run --preload=lib=%t/lib.wasm %t/main.wasm 2>&1 | FileCheck %s --check-prefix=LIB
;; LIB: unknown import: "wasi"."thread-spawn"

;--- missing.wat
(module (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32))) (func (export "_start")))
;--- type.wat
(module (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (func (export "wasi_thread_start")) (func (export "_start") (drop (call $spawn (i32.const 0)))))
;--- lib.wat
(module (func (export "f")))
;--- main.wat
(module (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32))) (import "lib" "f" (func))
  (func (export "wasi_thread_start") (param i32 i32)) (func (export "_start")))
