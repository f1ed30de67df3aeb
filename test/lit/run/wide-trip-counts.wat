;; With bounds checks, LLVM computes how often the inner loop of this product of matrices runs in 128 bits, and divides by the distance of
;; its elements. No processor has an instruction for it.
;; RUN: wat2wasm %s -o %t.wasm
;; RUN: wasm2native -O3 --bounds-checks=explicit %t.wasm -o %t.so && wasm2native run --invoke=trace %t.so | FileCheck %s
;; RUN: wasm2native -Os --bounds-checks=explicit %t.wasm -o %t.so && wasm2native run --invoke=trace %t.so | FileCheck %s
;; RUN: wasm2native -O0 %t.wasm -o %t.so && wasm2native run --invoke=trace %t.so | FileCheck %s
;; RUN: wasm2native -O3 --bounds-checks=explicit --target=aarch64 %t.wasm -o %t.so
;; RUN: wasm2native -O3 --bounds-checks=explicit --target=riscv64 %t.wasm -o %t.so
;; CHECK: {{^}}34681{{$}}
(module
  (memory 1 1)
  (func $product (param $a i32) (param $b i32) (param $c i32)
    (local $i i32) (local $j i32) (local $k i32) (local $s i64)
    (loop $rows
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $k (i32.const 0))
        (local.set $s (i64.const 0))
        (loop $terms
          (local.set $s (i64.add (local.get $s) (i64.mul
            (i64.load (i32.add (local.get $a) (i32.shl (i32.add (i32.mul (local.get $i) (i32.const 10)) (local.get $k)) (i32.const 3))))
            (i64.load (i32.add (local.get $b) (i32.shl (i32.add (i32.mul (local.get $k) (i32.const 11)) (local.get $j)) (i32.const 3)))))))
          (br_if $terms (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 10))))
        (i64.store (i32.add (local.get $c) (i32.shl (i32.add (i32.mul (local.get $i) (i32.const 11)) (local.get $j)) (i32.const 3))) (local.get $s))
        (br_if $columns (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const 11))))
      (br_if $rows (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 5)))))
  (func (export "trace") (result i64)
    (local $i i32) (local $sum i64)
    (loop $fill
      (i64.store (i32.shl (local.get $i) (i32.const 3)) (i64.extend_i32_u (i32.rem_u (local.get $i) (i32.const 17))))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 200))))
    (call $product (i32.const 0) (i32.const 640) (i32.const 4096))
    (local.set $i (i32.const 0))
    (loop $add
      (local.set $sum (i64.add (local.get $sum) (i64.load offset=4096 (i32.shl (local.get $i) (i32.const 3)))))
      (br_if $add (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 55))))
    (local.get $sum)))
