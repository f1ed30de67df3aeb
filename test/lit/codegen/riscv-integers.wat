;; On RISC-V calls pass 32-bit integers sign-extended, so that nobody extends them again; an address is extended by two shifts, or by one
;; instruction of Zba.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native --target=riscv64 -O3 --emit=asm %t.wasm -o - | FileCheck --check-prefixes=CHECK,BASE %s
;; RUN: wasm2native --target=riscv64 -O3 --mcpu=rva22 --emit=asm %t.wasm -o - | FileCheck --check-prefixes=CHECK,ZBA %s
(module
  (memory 1)
  ;; CHECK-LABEL: {{^}}fn0.less:
  ;; CHECK-NEXT: .cfi_startproc
  ;; CHECK-NEXT: sltu a0, a1, a2
  ;; CHECK-NEXT: ret
  (func $less (export "less") (param i32 i32) (result i32) (i32.lt_u (local.get 0) (local.get 1)))
  ;; CHECK-LABEL: {{^}}fn1.calls:
  ;; CHECK: addiw a1, a1, 1
  ;; CHECK-NOT: sext.w
  ;; CHECK: ret
  (func $calls (export "calls") (param i32 i32) (result i64)
    (i64.extend_i32_s (call $less (i32.add (local.get 0) (i32.const 1)) (local.get 1))))
  ;; CHECK-LABEL: {{^}}fn2.field:
  ;; BASE: slli a1, a1, 32
  ;; BASE-NEXT: srli a1, a1, 32
  ;; BASE-NEXT: add a0, a0, a1
  ;; ZBA: add.uw a0, a1, a0
  ;; CHECK-NEXT: lw a0, 12(a0)
  ;; CHECK-NEXT: ret
  (func $field (export "field") (param i32) (result i32) (i32.load offset=12 align=1 (local.get 0))))
