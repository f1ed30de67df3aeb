;; Arguments that do not fit the parameters are refused before anything runs.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: not wasm2native run --invoke f %t.so 2>&1 | FileCheck --check-prefix=FEW %s
;; FEW: error: {{.*}}.so: 'f' has type [i32] -> [] but 0 arguments were given
;; RUN: not wasm2native run --invoke f %t.so 1 2 2>&1 | FileCheck --check-prefix=MANY %s
;; MANY: 'f' has type [i32] -> [] but 2 arguments were given
;; RUN: not wasm2native run --invoke f %t.so 4294967296 2>&1 | FileCheck --check-prefix=RANGE %s
;; RANGE: argument '4294967296' is out of range for i32
;; RUN: not wasm2native run --invoke f %t.so 1x 2>&1 | FileCheck --check-prefix=WORD %s
;; WORD: argument '1x' is not an i32
;; RUN: not wasm2native run --invoke g %t.so 2>&1 | FileCheck --check-prefix=NAME %s
;; NAME: no exported function 'g'
;; RUN: not wasm2native run %t.so 2>&1 | FileCheck --check-prefix=START %s
;; START: no exported function '_start'
(module (func (export "f") (param i32) unreachable) (global (export "g") i32 (i32.const 0)))
