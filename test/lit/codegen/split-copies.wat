;; Words that are copied in a loop that writes halves of them are copied by halves: a load of what two stores have written waits for both.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O2 --target=x86_64 --emit=asm %t.wasm -o - | FileCheck --check-prefix=ASM %s
;; RUN: wasm2native compile -O0 %t.wasm -o %t.O0.so && wasm2native run --invoke=test %t.O0.so 20 | FileCheck --check-prefix=VALUE %s
;; RUN: wasm2native compile -O2 %t.wasm -o %t.O2.so && wasm2native run --invoke=test %t.O2.so 20 | FileCheck --check-prefix=VALUE %s
;; RUN: not wasm2native run --invoke=shift %t.O2.so 1 65517 2>&1 | FileCheck --check-prefix=TRAP %s

(module
  (memory (export "memory") 1)

;; TRAP: out of bounds memory access
;; CHECK-LABEL: @fn0.shift
;; CHECK: loop:
;; CHECK-NOT: {{load|store}} i64
;; CHECK: store volatile i32
;; CHECK: store volatile i32
;; CHECK: store volatile i32
;; CHECK: store volatile i32
;; CHECK-NOT: {{load|store}} i64
;; CHECK: br i1
;; ASM-LABEL: fn0.shift:
;; ASM: imull $77,
;; ASM-NOT: {{movq|movup}}
;; ASM: jne
(func $shift (export "shift") (param $n i32) (param $a i32) (local $x i64) (local $y i64) (local $v i32)
  (loop $next
    (local.set $v (i32.xor (i32.mul (local.get $v) (i32.const 77)) (local.get $n)))
    (local.set $x (i64.load (local.get $a)))
    (local.set $y (i64.load offset=8 (local.get $a)))
    (i64.store offset=4 (local.get $a) (local.get $x))
    (i64.store offset=12 (local.get $a) (local.get $y))
    (i32.store (local.get $a) (local.get $v))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

;; VALUE: 1258896445178875089
(func (export "test") (param $n i32) (result i64)
  (i64.store (i32.const 100) (i64.const 0x123456789abcdef0))
  (i64.store (i32.const 108) (i64.const 0x0fedcba987654321))
  (call $shift (local.get $n) (i32.const 100))
  (i64.xor (i64.load (i32.const 100)) (i64.mul (i64.load (i32.const 108)) (i64.const 3))))

;; The place moves on: no load meets the stores before it.
;; CHECK-LABEL: @fn2.moving
;; CHECK: load i64
;; CHECK: store i64
;; CHECK-NOT: store volatile
;; CHECK: }
(func $moving (export "moving") (param $a i32) (param $end i32) (local $x i64)
  (loop $next
    (local.set $x (i64.load (local.get $a)))
    (i64.store offset=4000 (local.get $a) (local.get $x))
    (i32.store (local.get $a) (i32.load offset=4000 (local.get $end)))
    (br_if $next (i32.ne (local.tee $a (i32.add (local.get $a) (i32.const 8))) (local.get $end)))))

;; Nothing smaller is written.
;; CHECK-LABEL: @fn3.whole
;; CHECK: load i64
;; CHECK: store i64
;; CHECK-NOT: store volatile
;; CHECK: }
(func $whole (export "whole") (param $n i32) (param $a i32) (param $b i32) (local $x i64) (local $y i64)
  (loop $next
    (local.set $x (i64.load (local.get $a)))
    (local.set $y (i64.load offset=8 (local.get $a)))
    (i64.store offset=4 (local.get $b) (local.get $x))
    (i64.store offset=12 (local.get $b) (local.get $y))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

;; The word is needed as such, too.
;; CHECK-LABEL: @fn4.computed
;; CHECK: load i64
;; CHECK: store i64
;; CHECK-NOT: store volatile
;; CHECK: }
(func $computed (export "computed") (param $n i32) (param $a i32) (result i64) (local $x i64) (local $sum i64)
  (loop $next
    (local.set $x (i64.load (local.get $a)))
    (local.set $sum (i64.xor (i64.rotl (local.get $sum) (i64.const 5)) (local.get $x)))
    (i64.store offset=4 (local.get $a) (local.get $x))
    (i32.store (local.get $a) (local.get $n))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (local.get $sum)))
