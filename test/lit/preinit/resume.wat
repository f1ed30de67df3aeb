;; Wizer's names: what is exported as wizer.resume is _start of the result.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile --preinit %t.wasm -o %t.so
;; RUN: sh -c 'wasm2native run %t.so; echo status $?' | FileCheck %s
;; RUN: wasm2native inspect %t.so | FileCheck --check-prefix=EXPORTS %s
;; CHECK: status 42
;; EXPORTS-NOT: wizer
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory 1)
  (global $state (mut i32) (i32.const 0))
  (func (export "wizer.initialize") (global.set $state (i32.const 42)))
  (func (export "wizer.resume") (call $exit (global.get $state)))
  (func (export "_start") unreachable))
