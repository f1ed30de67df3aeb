;; A signal that a program raises ends the program, as one that nobody handles does, and not the process; the trace has it.
;; RUN: wat2wasm %s -o %t.wasm && sh -c 'wasm2native run --trace %t.wasm 2>&1; echo status $?' | FileCheck %s
;; CHECK: proc_raise(signal=winch) = 0
;; CHECK-NEXT: proc_raise(signal=99) = 52 ENOSYS
;; CHECK-NEXT: proc_raise(signal=term) = ?
;; CHECK-NEXT: status 143
(module
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (drop (call $raise (i32.const 27)))
    (drop (call $raise (i32.const 99)))
    (drop (call $raise (i32.const 15)))
    unreachable))
