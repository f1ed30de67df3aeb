;; A missing import stops the program before it starts, unless it is to trap when called.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: not wasm2native run %t.so 2>&1 | FileCheck %s
;; CHECK: wasm2native: error: {{.*}}.so: unknown import
;; RUN: wasm2native run --unknown-imports=trap --invoke careful %t.so | FileCheck --check-prefix=LAZY --allow-empty %s
;; LAZY-NOT: error
;; RUN: not wasm2native run --unknown-imports=trap %t.so 2>&1 | FileCheck --check-prefix=TRAP %s
;; TRAP: wasm2native: trap: unknown import
(module (import "env" "missing" (func $missing))
  (func (export "_start") (call $missing))
  (func (export "careful")))
