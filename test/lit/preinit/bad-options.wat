;; Options that have no meaning without --preinit are refused.
;; RUN: wat2wasm %s -o %t.wasm
;; RUN: not wasm2native compile --env A=1 %t.wasm -o %t.so 2>&1 | FileCheck --check-prefix=ENV %s
;; RUN: not wasm2native compile --emit=wasm %t.wasm -o %t.so 2>&1 | FileCheck --check-prefix=EMIT %s
;; RUN: not wasm2native compile --preinit --emit=wasm %t.wasm 2>&1 | FileCheck --check-prefix=OUTPUT %s
;; ENV: --env is for the program while it initializes, and needs --preinit
;; EMIT: --emit is 'wasm', must be one of so, exe, obj, asm, llvm-ir
;; OUTPUT: the output would replace the input
(module (func (export "_initialize")))
