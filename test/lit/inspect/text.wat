;; inspect shows what an artifact needs and offers, and the same of a module that is not compiled.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: wasm2native inspect %t.so | FileCheck --check-prefixes=ARTIFACT,CHECK %s
;; RUN: wasm2native inspect %t.wasm | FileCheck --check-prefixes=MODULE,CHECK %s
;; ARTIFACT: kind: artifact
;; ARTIFACT: compiler: wasm2native
;; ARTIFACT: target: {{.+}}
;; ARTIFACT: sourceHash: {{[0-9a-f]+$}}
;; MODULE: kind: module
;; CHECK: imports: 2
;; CHECK-NEXT: env  f  func  [i32 f64] -> [i64]
;; CHECK-NEXT: env  t  table  1..2 funcref
;; CHECK: exports: 2
;; CHECK-NEXT: memory  memory  1
;; CHECK-NEXT: g  global  mut i64
;; CHECK: memories: 1
(module (import "env" "f" (func (param i32 f64) (result i64))) (import "env" "t" (table 1 2 funcref))
  (memory (export "memory") 1) (global (export "g") (mut i64) (i64.const 0)))
