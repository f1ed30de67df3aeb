;; decode and validate write no file; only validate finds a type error.
;; RUN: rm -rf %t && mkdir %t && wat2wasm --no-check %s -o %t/m.wasm
;; RUN: wasm2native compile --stop-after=decode %t/m.wasm
;; RUN: not wasm2native compile --stop-after=validate %t/m.wasm 2>&1 | FileCheck %s
;; RUN: ls %t | FileCheck --check-prefix=FILES %s
;; CHECK: wasm2native: error: {{.*}}m.wasm:0x{{[0-9a-f]+}}: type mismatch
;; FILES: m.wasm
;; FILES-NOT: m.
(module (func (result i32)))
