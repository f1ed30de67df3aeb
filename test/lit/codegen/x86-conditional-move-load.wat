;; A load that a select may not need traps all the same: it stays the operand of a conditional move, and is not sunk into a branch.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native -O3 --target=x86_64 --emit=asm %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: fn0:
;; CHECK: cmpw $0, 100(
;; CHECK-NOT: j{{[a-z]+}} .L
;; CHECK: cmov
(module (memory 1)
  (func $pick (export "pick") (param $at i32) (param $which i32) (result i64)
    (select (i64.load (local.get $at)) (i64.const 0) (i32.load16_s offset=100 (local.get $which)))))
