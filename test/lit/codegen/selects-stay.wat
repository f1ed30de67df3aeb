;; A binary search that is written with selects has conditional moves, no jumps that a processor would have to guess; an `if` that
;; only one way stores stays a jump.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -O2 --emit=asm %t.wasm -o - | FileCheck %s

(module (memory 1)

;; CHECK-LABEL: search:
;; CHECK: [[LOOP:.LBB[0-9_]+]]:
;; CHECK-NOT: {{[[:space:]]}}j
;; CHECK: cmov
;; CHECK-NOT: {{[[:space:]]}}j
;; CHECK: cmov
;; CHECK: j{{[a-z]+[[:space:]]+}}[[LOOP]]
(func $search (export "search") (param $first i32) (param $count i32) (param $wanted i32) (result i32)
  (local $half i32) (local $middle i32) (local $isLess i32)
  (loop $again
    (local.set $half (i32.shr_u (local.get $count) (i32.const 1)))
    (local.set $middle (i32.add (local.get $first) (i32.shl (local.get $half) (i32.const 2))))
    (local.set $isLess (i32.lt_u (i32.load (local.get $middle)) (local.get $wanted)))
    (local.set $first (select (i32.add (local.get $middle) (i32.const 4)) (local.get $first) (local.get $isLess)))
    (local.set $count (select (i32.add (local.get $count) (i32.xor (local.get $half) (i32.const -1)))
                              (local.get $half) (local.get $isLess)))
    (br_if $again (local.get $count)))
  (local.get $first))

;; CHECK-LABEL: storeIfLess:
;; CHECK: {{[[:space:]]}}j
(func $storeIfLess (export "storeIfLess") (param $at i32) (param $value i32)
  (if (i32.lt_u (i32.load (local.get $at)) (local.get $value))
    (then (i32.store (local.get $at) (local.get $value))))))
