;; "-" is standard input, and standard output.
;; RUN: wat2wasm %s -o %t.wasm
;; RUN: wasm2native - -o %t.so < %t.wasm && wasm2native run --invoke f %t.so | FileCheck %s
;; RUN: cat %t.wasm | wasm2native - -o - > %t.2.so && cmp %t.so %t.2.so
;; RUN: wasm2native run --invoke f - < %t.wasm | FileCheck %s
;; RUN: not wasm2native - < %t.wasm 2>&1 | FileCheck --check-prefix=NAME %s
;; CHECK: 7
;; NAME: wasm2native: error: a module from standard input needs -o
(module (func (export "f") (result i32) (i32.const 7)))
