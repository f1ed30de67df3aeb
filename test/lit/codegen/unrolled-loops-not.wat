;; Bodies that look like copies of one, and are not: each would be wrong with one copy.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s --check-prefix=CODE
;; RUN: wasm2native compile -O0 %t.wasm -o %t.0.so && wasm2native compile -O3 %t.wasm -o %t.3.so
;; RUN: wasm2native run --invoke=same-counter %t.0.so | FileCheck %s --check-prefix=COUNTER
;; RUN: wasm2native run --invoke=same-counter %t.3.so | FileCheck %s --check-prefix=COUNTER
;; RUN: wasm2native run --invoke=other-order %t.0.so | FileCheck %s --check-prefix=ORDER
;; RUN: wasm2native run --invoke=other-order %t.3.so | FileCheck %s --check-prefix=ORDER
;; RUN: wasm2native run --invoke=slope %t.0.so | FileCheck %s --check-prefix=SLOPE
;; RUN: wasm2native run --invoke=slope %t.3.so | FileCheck %s --check-prefix=SLOPE

(module
  (memory 1)

;; The counter goes on by one for four elements, not for each.
;; CODE-LABEL: define {{.*}}@fn0.repeat(
;; CODE-NOT: %count
;; CODE: ret void
;; COUNTER: {{^}}2{{$}}
(func $repeat (param $p i32) (param $i i32) (param $n i32)
  (loop $next
    (i32.store (local.get $p) (local.get $i))
    (i32.store offset=4 (local.get $p) (local.get $i))
    (i32.store offset=8 (local.get $p) (local.get $i))
    (i32.store offset=12 (local.get $p) (local.get $i))
    (local.set $p (i32.add (local.get $p) (i32.const 16)))
    (local.set $i (i32.add (local.get $i) (i32.const 1)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
(func (export "same-counter") (result i32)
  (call $repeat (i32.const 0) (i32.const 0) (i32.const 8))
  (i32.load (i32.const 44)))

;; The third and the fourth element have the second and the first value.
;; CODE-LABEL: define {{.*}}@fn2.mirror(
;; CODE-NOT: %count
;; CODE: ret void
;; ORDER: {{^}}439{{$}}
(func $mirror (param $a i32) (param $b i32) (param $x i32) (param $n i32) (local $y i32) (local $z i32)
  (loop $next
    (local.set $y (i32.xor (i32.mul (local.get $x) (i32.const 5)) (i32.const 3)))
    (local.set $z (i32.xor (i32.mul (local.get $y) (i32.const 5)) (i32.const 3)))
    (i32.store (local.get $a) (local.get $x))
    (i32.store (local.get $b) (local.get $x))
    (i32.store offset=4 (local.get $a) (local.get $y))
    (i32.store offset=4 (local.get $b) (local.get $y))
    (i32.store offset=8 (local.get $a) (local.get $z))
    (i32.store offset=8 (local.get $b) (local.get $x))
    (local.set $x (i32.xor (i32.mul (local.get $z) (i32.const 5)) (i32.const 3)))
    (local.set $a (i32.add (local.get $a) (i32.const 12)))
    (local.set $b (i32.add (local.get $b) (i32.const 12)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
(func (export "other-order") (result i32)
  (call $mirror (i32.const 0) (i32.const 4096) (i32.const 1) (i32.const 8))
  (i32.add (i32.mul (i32.load (i32.const 4108)) (i32.const 3)) (i32.load (i32.const 4104))))

;; Four times the factor is 4 modulo 2^32, and the factor is not 1.
;; CODE-LABEL: define {{.*}}@fn4.line(
;; CODE-NOT: %count
;; CODE: ret void
;; SLOPE: {{^}}{{-?[0-9]+}}{{$}}
(func $line (param $p i32) (param $i i32) (param $n i32) (local $v i32)
  (loop $next
    (local.set $v (i32.mul (local.get $i) (i32.const 0x40000001)))
    (i32.store (local.get $p) (local.get $v))
    (i32.store offset=4 (local.get $p) (i32.add (local.get $v) (i32.const 1)))
    (i32.store offset=8 (local.get $p) (i32.add (local.get $v) (i32.const 2)))
    (i32.store offset=12 (local.get $p) (i32.add (local.get $v) (i32.const 3)))
    (local.set $p (i32.add (local.get $p) (i32.const 16)))
    (local.set $i (i32.add (local.get $i) (i32.const 4)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
(func (export "slope") (result i32)
  (call $line (i32.const 0) (i32.const 8) (i32.const 8))
  (i32.load (i32.const 24))))
