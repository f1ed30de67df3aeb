;; An index of a table or a br_table is kept inside by a conditional move after, or in place of, the comparison
;; that a processor may guess; with --speculation-masks=all a compared address, too.
;; No level and no target makes a branch of it.
;; RUN: wat2wasm --enable-all %s -o %t.wasm
;; RUN: wasm2native --emit=asm %t.wasm -o - | FileCheck --check-prefixes=X86,X86-TABLES %s
;; RUN: wasm2native -O0 --emit=asm %t.wasm -o - | FileCheck --check-prefix=X86-O0 %s
;; RUN: wasm2native --speculation-masks=none --emit=asm %t.wasm -o - | FileCheck --check-prefix=NONE %s
;; RUN: wasm2native --speculation-masks=all --bounds-checks=explicit --emit=asm %t.wasm -o %t.s
;; RUN: FileCheck --check-prefixes=X86,ALL %s < %t.s
;; RUN: wasm2native --target=aarch64 --emit=asm %t.wasm -o - | FileCheck --check-prefix=AARCH64 %s
;; RUN: wasm2native --target=riscv64 --emit=asm %t.wasm -o - | FileCheck --check-prefix=RISCV64 %s

(module
  (type $t (func (param i32) (result i32)))
  (memory 1)
  (table $open (export "table") 4 funcref)
  (table $closed 5 funcref)
  (elem (table $closed) (i32.const 0) func $get $f1 $f2 $f3)
  (func $f1 (param i32) (result i32) i32.const 11)
  (func $f2 (param i32) (result i32) i32.const 12)
  (func $f3 (param i32) (result i32) i32.const 13)

  ;; NONE-NOT: cmov
  ;; X86-LABEL: fn3:
  ;; X86: cmpq
  ;; X86: jbe
  ;; X86: cmpq
  ;; X86: cmovbq [[INDEX:%r..]], [[PLACE:%r..]]
  ;; X86: (%{{r..}},[[PLACE]],8)
  ;; X86-O0-LABEL: fn3:
  ;; X86-O0: cmov
  ;; AARCH64-LABEL: fn3:
  ;; AARCH64: csel
  ;; RISCV64-LABEL: fn3:
  ;; RISCV64: neg [[MASK:..]]
  ;; RISCV64: and {{..}}, {{..}}, [[MASK]]
  (func (export "get") (param i32) (result funcref) (table.get $open (local.get 0)))

  ;; X86-LABEL: fn4:
  ;; X86: cmovb
  ;; X86-O0-LABEL: fn4:
  ;; X86-O0: cmov
  ;; AARCH64-LABEL: fn4:
  ;; AARCH64: csel
  (func (export "call") (param i32) (result i32)
    (call_indirect $open (type $t) (i32.const 3) (local.get 0)))

  ;; X86-LABEL: fn5:
  ;; X86-O0-LABEL: fn5:
  ;; X86-O0: cmov
  (func $get (export "closed") (param i32) (result i32)
    (call_indirect $closed (type $t) (i32.const 3) (local.get 0)))

  ;; The comparison is gone: everything else is an entry of its own.
  ;; X86-LABEL: fn6:
  ;; X86-NOT: j{{a|b}}
  ;; X86: cmov{{ae|b}}
  ;; X86-NOT: j{{a|b}}
  ;; X86: jmpq *%
  ;; X86-O0-LABEL: fn6:
  ;; X86-O0: cmov
  ;; X86-O0: jmpq *%
  ;; AARCH64-LABEL: fn6:
  ;; AARCH64-NOT: b.hi
  ;; AARCH64: csel
  ;; RISCV64-LABEL: fn6:
  ;; RISCV64-NOT: bltu
  ;; RISCV64: neg
  ;; RISCV64: jr
  (func $switch (export "switch") (param i32) (result i32)
    (block $d (block $c13 (block $c12 (block $c11 (block $c10 (block $c9 (block $c8 (block $c7
    (block $c6 (block $c5 (block $c4 (block $c3 (block $c2 (block $c1 (block $c0
      (br_table $c0 $c1 $c2 $c3 $c4 $c5 $c6 $c7 $c8 $c9 $c10 $c11 $c12 $c13 $d (local.get 0)))
      (return (i32.mul (call $switch (i32.const 20)) (i32.const 3))))
      (return (i32.xor (call $switch (i32.const 21)) (i32.const 10))))
      (return (i32.sub (call $switch (i32.const 22)) (i32.const 17))))
      (return (i32.mul (call $switch (i32.const 23)) (i32.const 24))))
      (return (i32.xor (call $switch (i32.const 24)) (i32.const 31))))
      (return (i32.sub (call $switch (i32.const 25)) (i32.const 38))))
      (return (i32.mul (call $switch (i32.const 26)) (i32.const 45))))
      (return (i32.xor (call $switch (i32.const 27)) (i32.const 52))))
      (return (i32.sub (call $switch (i32.const 28)) (i32.const 59))))
      (return (i32.mul (call $switch (i32.const 29)) (i32.const 66))))
      (return (i32.xor (call $switch (i32.const 30)) (i32.const 73))))
      (return (i32.sub (call $switch (i32.const 31)) (i32.const 80))))
      (return (i32.mul (call $switch (i32.const 32)) (i32.const 87))))
      (return (i32.xor (call $switch (i32.const 33)) (i32.const 94))))
    (i32.const 4))

  ;; LLVM makes a table of results.
  ;; X86-LABEL: fn7:
  ;; X86: cmov{{ae|b}}
  ;; X86: switch.table
  (func (export "lookup") (param i32) (result i32)
    (block $d (block $e (block $c (block $b (block $a
      (br_table $a $b $c $e $d (local.get 0)))
      (return (i32.const 100)))
      (return (i32.const 7)))
      (return (i32.const 3333)))
      (return (i32.const 12345)))
    (i32.const 4))

  ;; X86-TABLES-LABEL: fn8:
  ;; X86-TABLES-NOT: cmov
  ;; X86-TABLES: retq
  ;; ALL-LABEL: fn8:
  ;; ALL: {{ja|jb}}
  ;; ALL: cmov{{a|b}}
  ;; ALL: retq
  (func (export "load") (param i32) (result i32) (i32.load offset=16 (local.get 0))))
