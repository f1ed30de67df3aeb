;; Traps of the threads proposal.
;; RUN: wat2wasm --enable-threads --debug-names %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: not wasm2native run --invoke=add %t.so 65537 2>&1 | FileCheck %s --check-prefix=UNALIGNED
;; RUN: not wasm2native run --invoke=add %t.so 65536 2>&1 | FileCheck %s --check-prefix=BOUNDS
;; RUN: not wasm2native run --invoke=wait %t.so 2>&1 | FileCheck %s --check-prefix=WAIT
;; UNALIGNED:      wasm2native: trap: unaligned atomic
;; UNALIGNED-NEXT: at $add (wasm-function[0])
;; BOUNDS:         wasm2native: trap: out of bounds memory access
;; BOUNDS-NEXT:    at $add (wasm-function[0])
;; WAIT:           wasm2native: trap: expected shared memory
;; WAIT-NEXT:      at $wait (wasm-function[1])
(module (memory 1)
  (func $add (export "add") (param i32) (result i32) (i32.atomic.rmw.add (local.get 0) (i32.const 1)))
  (func $wait (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
