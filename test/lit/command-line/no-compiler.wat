;; An installation without the compiler runs artifacts, and says what it lacks when asked to compile.
;; RUN: rm -rf %t && mkdir -p %t/bin && cp %bin/wasm2native %t/bin/
;; RUN: wat2wasm %s -o %t/m.wasm && wasm2native %t/m.wasm
;; RUN: %t/bin/wasm2native run --invoke f %t/m.so | FileCheck %s
;; RUN: env -u WASM2NATIVE_COMPILER not %t/bin/wasm2native %t/m.wasm 2>&1 | FileCheck --check-prefix=ABSENT %s
;; RUN: env WASM2NATIVE_COMPILER=%t/m.so not %t/bin/wasm2native %t/m.wasm 2>&1 | FileCheck --check-prefix=WRONG %s
;; CHECK: 7
;; ABSENT: wasm2native: error: cannot compile: this installation has the runtime only
;; WRONG: wasm2native: error: cannot load the compiler:
(module (func (export "f") (result i32) (i32.const 7)))
