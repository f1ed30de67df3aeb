;; Names are the module's choice: their control characters are shown, not sent to the terminal.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: wasm2native inspect %t.so | FileCheck %s
;; CHECK: red\x1b[31m\x0a\x7f\x9bend
;; RUN: not wasm2native run %t.so 2>&1 | FileCheck --check-prefix=LINK %s
;; LINK: error: {{.*}}unknown import: {{.*}}bell\x07
(module (import "m" "bell\07" (func)) (func (export "red\1b[31m\n\7f\c2\9bend") (unreachable)))
