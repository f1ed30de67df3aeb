;; On AArch64 the extension of the index is part of the access: no instruction widens it, or adds the memory's base. In a loop
;; the step is, too.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -O2 --target=aarch64 --emit=asm %t.wasm -o - | FileCheck %s

(module (memory 1)

;; CHECK-LABEL: fn0.hash:
;; CHECK: [[LOOP:.LBB[0-9_]+]]:
;; CHECK-NEXT: ldrb [[BYTE:w[0-9]+]], [x{{[0-9]+}}], #1
;; CHECK-NOT: {{(mov|uxtw|and|lsl|ldr)[[:space:]]}}
;; CHECK: b.ne [[LOOP]]
(func $hash (export "hash") (param $at i32) (param $count i32) (result i32) (local $hash i32)
  (loop $again
    (local.set $hash (i32.mul (i32.xor (local.get $hash) (i32.load8_u (local.get $at))) (i32.const 16777619)))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
  (local.get $hash))

;; CHECK-LABEL: fn1.fields:
;; CHECK: add [[AT:x[0-9]+]], x{{[0-9]+}}, w0, uxtw
;; CHECK-NEXT: ldp w{{[0-9]+}}, w{{[0-9]+}}, {{.}}[[AT]], #8]
(func $fields (export "fields") (param i32) (result i32)
  (i32.mul (i32.load offset=8 (local.get 0)) (i32.load offset=12 (local.get 0))))

;; CHECK-LABEL: fn2.vectors:
;; CHECK: ldr q{{[0-9]+}}, [x{{[0-9]+}}, w1, uxtw]
;; CHECK: fmul v{{[0-9]+}}.4s
;; CHECK: str q{{[0-9]+}}, [x{{[0-9]+}}, w0, uxtw]
(func $vectors (export "vectors") (param i32 i32)
  (v128.store (local.get 0) (f32x4.mul (v128.load (local.get 1)) (v128.load (local.get 0)))))

;; A division checks for what the processor does not trap on.
;; CHECK-LABEL: fn3.divide:
;; CHECK: cbz w1,
;; CHECK: sdiv
(func $divide (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1))))
