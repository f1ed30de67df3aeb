;; Tail calls are jumps on every target and at every optimization level, whatever the signatures: also on RISC-V, which has neither tailcc nor
;; swifttailcc.
;; RUN: wat2wasm --enable-tail-call --debug-names %s -o %t.wasm
;; RUN: wasm2native --target=x86_64 -O0 --emit=asm %t.wasm -o - | FileCheck --check-prefix=X86 %s
;; RUN: wasm2native --target=x86_64 -O3 --emit=asm %t.wasm -o - | FileCheck --check-prefix=X86 %s
;; RUN: wasm2native --target=aarch64 -O0 --emit=asm %t.wasm -o - | FileCheck --check-prefix=A64 %s
;; RUN: wasm2native --target=aarch64 -O3 --emit=asm %t.wasm -o - | FileCheck --check-prefix=A64 %s
;; RUN: wasm2native --target=riscv64 -O0 --emit=asm %t.wasm -o - | FileCheck --check-prefix=RV64 %s
;; RUN: wasm2native --target=riscv64 -O3 --emit=asm %t.wasm -o - | FileCheck --check-prefix=RV64 %s
;; X86-LABEL: {{^}}fn1.few:
;; X86: jmp fn2.many
;; X86-LABEL: {{^}}fn2.many:
;; X86: jmpq *%r
;; A64-LABEL: {{^}}fn1.few:
;; A64: b fn2.many
;; A64-LABEL: {{^}}fn2.many:
;; A64: br x
;; RV64-LABEL: {{^}}fn1.few:
;; RV64: tail fn2.many
;; RV64-LABEL: {{^}}fn2.many:
;; RV64: jr {{[at]}}
(module
  (import "m" "imported" (func $imported (param i32) (result i32 i64)))
  (func $few (export "few") (param i32) (result i32 i64)
    (return_call $many (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0) (local.get 0)
                       (local.get 0) (local.get 0) (f32.const 1) (i64.const 2)))
  (func $many (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f32 i64) (result i32 i64)
    (return_call $imported (i32.add (local.get 0) (local.get 9)))))
