;; Names that the text format would take for something else, and two slices, whose symbols end with their processor's
;; name, in a profile: each function is there once, and found again.
;; REQUIRES: x86_64
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native --mcpu=x86-64,x86-64-v2 --profile-generate %t.wasm -o %t.so && rm -f %t.proftext
;; RUN: wasm2native run --profile-file %t.proftext --invoke=f --cpu-level x86-64 %t.so
;; RUN: wasm2native run --profile-file %t.proftext --invoke=f --cpu-level x86-64-v2 %t.so
;; RUN: llvm-profdata show --all-functions --counts %t.proftext | FileCheck %s
;; RUN: wasm2native -v -O0 --target=riscv64 --profile-use=%t.proftext %t.wasm -o %t.riscv.so 2>&1 | FileCheck --check-prefix=USE %s
;; RUN: wasm2native -v --mcpu=x86-64,x86-64-v3 --profile-use=%t.proftext %t.wasm -o %t.so 2>&1 | FileCheck --check-prefix=TWICE %s
;; CHECK: wasm:#1:
;; CHECK: Block counts: [2]
;; CHECK: wasm:$2:
;; CHECK: Block counts: [4]
;; CHECK: wasm:3:
;; CHECK: Block counts: [6]
;; CHECK: wasm::4:
;; CHECK: Block counts: [8]
;; CHECK: Total functions: 5
;; USE: of 5 functions, 5 have counts
;; TWICE: of 10 functions, 10 have counts
(module
  (func $#1 (export "f") (call $$2) (call $$2))
  (func $$2 (call $3))
  (func $3 (call $:4))
  (func $:4)
  (func (export "g") (call $3) (call $:4))
  (start 4))
