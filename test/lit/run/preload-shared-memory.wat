;; A preloaded module provides a shared memory; its importer sees what is in it.
;; RUN: split-file %s %t
;; RUN: wat2wasm --enable-threads %t/lib.wat -o %t/lib.wasm && wat2wasm --enable-threads %t/main.wat -o %t/main.wasm
;; RUN: wasm2native run --preload=lib=%t/lib.wasm --invoke=load %t/main.wasm | FileCheck %s
;; CHECK: 42

;--- lib.wat
(module (memory (export "memory") 1 1 shared) (data (i32.const 8) "\2a"))
;--- main.wat
(module (import "lib" "memory" (memory 1 1 shared))
  (func (export "load") (result i32) (i32.atomic.load (i32.const 8))))
