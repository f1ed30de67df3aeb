;; --features says which proposals a module may use; what is refused is named, with where it is used.
;; RUN: wat2wasm --debug-names --enable-memory64 --enable-extended-const --enable-multi-memory %s -o %t.wasm
;; RUN: wasm2native --stop-after=validate %t.wasm
;; RUN: wasm2native --stop-after=validate --features=wasm3 %t.wasm
;; RUN: not wasm2native --features=mvp %t.wasm 2>&1 | FileCheck %s --check-prefix=MULTIVALUE
;; MULTIVALUE: features.wat.tmp.wasm:0xb: the multi-value proposal is used here and is not allowed (in the type section)
;; RUN: not wasm2native --features=wasm2 %t.wasm 2>&1 | FileCheck %s --check-prefix=MEMORY64
;; RUN: not wasm2native --features=-memory64 %t.wasm 2>&1 | FileCheck %s --check-prefix=MEMORY64
;; MEMORY64: error: {{.*}}: the memory64 proposal is used here and is not allowed (in the memory section)
;; RUN: not wasm2native --features=wasm2,+memory64 %t.wasm 2>&1 | FileCheck %s --check-prefix=MULTI
;; MULTI: error: {{.*}}: the multi-memory proposal is used here and is not allowed (in the memory section)
;; RUN: not wasm2native --features=wasm2,+memory64,+multi-memory %t.wasm 2>&1 | FileCheck %s --check-prefix=CONST
;; CONST: error: {{.*}}: the extended-const proposal is used here and is not allowed
;; RUN: not wasm2native --features=-sign-extension %t.wasm 2>&1 | FileCheck %s --check-prefix=SIGN
;; SIGN: error: {{.*}}: the sign-extension proposal is used here and is not allowed (function 0 ($f))
;; RUN: not wasm2native run --features=all,-sign-extension %t.wasm 2>&1 | FileCheck %s --check-prefix=SIGN

;; RUN: wasm2native --features=help | FileCheck %s --check-prefix=HELP
;; HELP: multi-value {{ *}}wasm2 {{ *}}on
;; HELP: wide-arithmetic {{ *}}proposal {{ *}}on
;; RUN: not wasm2native --features=memory65 %t.wasm 2>&1 | FileCheck %s --check-prefix=WORD
;; WORD: error: --features: 'memory65' is none of mvp, wasm2, wasm3, all, +FEATURE, -FEATURE
;; RUN: not wasm2native --features=+memory65 %t.wasm 2>&1 | FileCheck %s --check-prefix=UNKNOWN
;; UNKNOWN: error: --features: unknown feature 'memory65'; 'wasm2native --features=help' lists them
(module
  (type (func (param i32) (result i32 i32)))
  (memory i64 1)
  (memory 1)
  (global i32 (i32.add (i32.const 1) (i32.const 2)))
  (func $f (param i32) (result i32) (i32.extend8_s (local.get 0))))
