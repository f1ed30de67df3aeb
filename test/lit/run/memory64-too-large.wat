;; A memory that is larger than what the system can address is an error of instantiation, which says how large.
;; RUN: wat2wasm --enable-memory64 %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: not wasm2native run --invoke=f %t.so 2>&1 | FileCheck %s
;; CHECK: error: {{.*}}cannot reserve 1125904201809920 bytes of address space for a memory
(module (memory i64 0x400000000) (func (export "f")))
