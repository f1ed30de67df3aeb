;; Output that a command could not write is an error. The program's own output is its own concern.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native -O0 %t.wasm -o %t.so
;; RUN: not wasm2native inspect %t.so 2>&1 >/dev/full | FileCheck %s
;; RUN: not wasm2native objdump %t.so 2>&1 >/dev/full | FileCheck %s
;; RUN: not wasm2native completion bash 2>&1 >/dev/full | FileCheck %s
;; RUN: not wasm2native --version 2>&1 >/dev/full | FileCheck %s
;; RUN: not wasm2native help run 2>&1 >/dev/full | FileCheck %s
;; RUN: not wasm2native validate -v %t.wasm 2>&1 >/dev/full | FileCheck %s
;; RUN: not wasm2native run --invoke answer %t.so 2>&1 >/dev/full | FileCheck %s
;; CHECK: error: cannot write standard output
;; Closed streams: files that the command opens do not take their numbers.
;; RUN: not bash -c 'wasm2native inspect %t.so >&-' 2>&1 | FileCheck --check-prefix=CLOSED %s
;; CLOSED: error: cannot write standard output: Bad file descriptor
(module (func (export "answer") (result i32) (i32.const 42)))
