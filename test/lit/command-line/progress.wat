;; Lines say how far a compile is, if asked for; by default a short one says nothing, and a log gets no bar.
;; RUN: wat2wasm %s -o %t.wasm
;; RUN: wasm2native --progress=lines %t.wasm -o %t.so 2>&1 | FileCheck %s
;; CHECK: wasm2native: compiling: 2 of 2 functions (100%), {{[0-9]+}} s
;; RUN: rm -rf %t.cache && wasm2native warm --cache-dir %t.cache --progress=lines %t.wasm 2>&1 \
;; RUN:   | FileCheck --check-prefix=WARM %s
;; WARM: wasm2native: compiling: 0 of 1 artifacts (0%), 0 s: {{.*}}.wasm
;; WARM: wasm2native: 1 of 1 artifact: compiled: {{.*}}.wasm, {{[0-9.]+}} s
;; RUN: wasm2native %t.wasm -o %t.so 2>&1 | count 0
;; RUN: not wasm2native --progress=much %t.wasm 2>&1 | FileCheck --check-prefix=BAD %s
;; BAD: error: --progress is 'much', must be one of auto, bar, lines, none
(module (func (export "f")) (func (export "g")))
