;; `objdump` shows machine code by function, for each target and processor, with the names of functions that are called.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native -O1 %t.wasm -o %t.so
;; RUN: wasm2native --target=x86_64 -O1 --mcpu=x86-64,x86-64-v3 %t.wasm -o %t.x86.so
;; RUN: wasm2native --target=aarch64 -O1 %t.wasm -o %t.arm.so && wasm2native --target=riscv64 %t.wasm -o %t.riscv.so
;; RUN: wasm2native objdump %t.x86.so | FileCheck %s
;; CHECK: leaf.x86-64 (wasm-function[0]): {{[0-9]+}} bytes, for x86-64
;; CHECK: caller.x86-64 (wasm-function[1])
;; CHECK: {{[0-9a-f]+}}: e8 {{.*}}callq{{.*}}leaf.x86-64
;; CHECK: leaf.x86-64-v3 (wasm-function[0]): {{[0-9]+}} bytes, for x86-64-v3
;; RUN: wasm2native objdump --no-bytes -f 1 %t.arm.so | FileCheck --check-prefix=ARM %s
;; ARM-NOT: leaf (wasm
;; ARM: caller (wasm-function[1])
;; ARM: {{^ *[0-9a-f]+:}}{{[[:space:]]}}bl{{.*}}leaf
;; RUN: wasm2native objdump -f caller %t.riscv.so | FileCheck --check-prefix=RISCV %s
;; RISCV: caller (wasm-function[1])
;; RISCV-NOT: (bad)
;; RISCV: ret
;; RUN: not wasm2native objdump -f none %t.so 2>&1 | FileCheck --check-prefix=NONE %s
;; NONE: error: {{.*}}.so: no such function
;; RUN: not wasm2native objdump %t.wasm 2>&1 | FileCheck --check-prefix=MODULE %s
;; MODULE: a WebAssembly module, which has no machine code yet; 'wasm2native {{.*}}.wasm' compiles it
(module (memory 1)
  (func $leaf (export "leaf") (param i32) (result i32) (block (br_if 0 (local.get 0)) (call $leaf (i32.const 1)) drop)
    (i32.load (local.get 0)))
  (func $caller (export "caller") (param i32) (result i32) (i32.add (call $leaf (local.get 0)) (i32.const 1))))
