;; Several targets in one command: an output for each, named after it; what cannot be written leaves the others.
;; RUN: rm -rf %t && mkdir %t && wat2wasm %s -o %t/mod.wasm && cd %t
;; RUN: wasm2native --target=x86_64,aarch64 --target riscv64-linux-gnu --mcpu=x86-64-v2,x86-64-v3,neoverse-n1 -v mod.wasm 2>&1 | FileCheck --check-prefix=SAYS %s
;; RUN: llvm-readelf -h mod.x86_64.so mod.aarch64.so mod.riscv64.so | FileCheck --check-prefix=HEADERS %s
;; RUN: wasm2native --target=aarch64 --mcpu=neoverse-n1 mod.wasm -o alone.so && cmp alone.so mod.aarch64.so
;; RUN: mkdir -p out/other.riscv64.so
;; RUN: not wasm2native --target=x86_64,riscv64,aarch64 mod.wasm -o out/other.so 2>&1 | FileCheck --check-prefix=FOLDER %s
;; RUN: ls out | FileCheck --check-prefix=LEFT %s
;; RUN: rm -r out && mkdir out && head -c 20 mod.wasm > bad.wasm && not wasm2native --target=x86_64,aarch64 bad.wasm -o out/bad.so 2>&1 | FileCheck --check-prefix=BAD %s
;; RUN: ls out | count 0
;; RUN: not wasm2native --target=x86_64,x86_64 mod.wasm 2>&1 | FileCheck --check-prefix=SAME %s
;; RUN: not wasm2native --target=x86_64,pdp11 mod.wasm 2>&1 | FileCheck --check-prefix=UNKNOWN %s
;; RUN: not wasm2native --target=x86_64,aarch64 --mcpu=fast mod.wasm 2>&1 | FileCheck --check-prefix=CPU %s
;; RUN: not wasm2native --target=x86_64,aarch64 --mattr=+avx mod.wasm 2>&1 | FileCheck --check-prefix=ATTRIBUTES %s
;; RUN: not wasm2native --target=x86_64,aarch64 mod.wasm -o - 2>&1 | FileCheck --check-prefix=OUTPUT %s
;; SAYS-COUNT-1: decoded
;; SAYS: for x86_64-unknown-linux-gnu, processor x86-64-v2, x86-64-v3
;; SAYS: for aarch64-unknown-linux-gnu, processor neoverse-n1
;; SAYS: for riscv64-unknown-linux-gnu, processor generic-rv64
;; HEADERS: Advanced Micro Devices X86-64
;; HEADERS: AArch64
;; HEADERS: RISC-V
;; FOLDER: error: {{.*}}out/other.riscv64.so
;; LEFT: other.aarch64.so
;; LEFT-NEXT: other.riscv64.so
;; LEFT-NEXT: other.x86_64.so
;; LEFT-NOT: {{.}}
;; BAD: error: bad.wasm
;; BAD-NOT: error
;; SAME: error: {{.*}}target x86_64 is given twice
;; UNKNOWN: error: {{.*}}unknown target 'pdp11', known are x86_64, aarch64, riscv64
;; CPU: error: {{.*}}unknown CPU 'fast' for every target
;; ATTRIBUTES: error: {{.*}}processor features are of one target, but there are several
;; OUTPUT: error: the outputs of several targets cannot all go to standard output
(module (memory 1) (data (i32.const 8) "text") (func (export "f") (param i32) (result i32) (i32.load (local.get 0))))
