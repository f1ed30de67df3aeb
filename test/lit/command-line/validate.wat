;; `validate` checks modules without the compiler, says what is wrong, and nothing if nothing is.
;; RUN: rm -rf %t && mkdir -p %t/bin && cp %bin/wasm2native %t/bin && wat2wasm %s -o %t/good.wasm
;; RUN: wat2wasm --no-check %S/Inputs/validate/bad.wat -o %t/bad.wasm
;; RUN: %t/bin/wasm2native validate %t/good.wasm | count 0
;; RUN: not %t/bin/wasm2native validate -v %t/bad.wasm %t/good.wasm 2>&1 | FileCheck %s
;; CHECK-DAG: error: {{.*}}bad.wasm:0x{{[0-9a-f]+}}: type mismatch
;; CHECK-DAG: good.wasm: valid
;; RUN: not wasm2native validate --features=mvp %t/good.wasm 2>&1 | FileCheck --check-prefix=MVP %s
;; MVP: error: {{.*}}good.wasm:0x{{[0-9a-f]+}}: {{.*}}simd
(module (func (export "f") (result v128) (v128.const i64x2 0 0)))
