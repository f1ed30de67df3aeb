;; A search for as many bytes as the low bits of where another search has ended.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 %t.wasm -o %t.so && wasm2native run --invoke=both %t.so 100 | FileCheck %s
;; CHECK: 27062
(module (memory 1)
  (data (i32.const 100) "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
  (func (export "both") (param $p i32) (result i32) (local $n i32) (local $q i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $next (i32.load8_u (local.get $p))))
    (local.set $n (i32.and (local.get $p) (i32.const 7)))
    (local.set $q (i32.add (local.get $n) (i32.const 27050)))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (br_if $done (i32.eq (i32.load8_u (local.get $q)) (i32.const 5)))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $q)))
