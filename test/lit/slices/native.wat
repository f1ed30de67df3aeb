;; --mcpu=native is the baseline with what this machine has: it runs here, and needs no more than the machine says that it has.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native --mcpu=native %t.wasm -o %t.so
;; RUN: wasm2native run --invoke=f %t.so | FileCheck --check-prefix=VALUE %s
;; RUN: wasm2native inspect %t.so | FileCheck --check-prefix=INSPECT %s
;; RUN: not wasm2native --mcpu=native,native %t.wasm 2>&1 | FileCheck --check-prefix=TWICE %s
;; VALUE: 7
;; INSPECT: processors: 1
;; INSPECT-NEXT: native {{.*}}taken here
;; TWICE: error: {{.*}}: CPU 'native' is given twice
(module (func (export "f") (result i32) (i32.const 7)))
