;; A loop of loads that feed a sum nobody reads still traps at the end of memory.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 %t.wasm -o %t.so
;; RUN: wasm2native run --invoke=scan %t.so 65536
;; RUN: not wasm2native run --invoke=scan %t.so 65540 2>&1 | FileCheck %s
;; CHECK: trap: out of bounds memory access
(module (memory 1)
  (func (export "scan") (param $n i32) (local $p i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $p) (local.get $n))))))
