;; Comparing two ranges in vectors: an index wraps around at 2^32, upwards and downwards, where memory has all of its 4 GiB.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 %t.wasm -o %t.so
;; RUN: wasm2native run --invoke=up %t.so 0xFFFFFF80 0x1000 | FileCheck --check-prefix=UP %s
;; RUN: wasm2native run --invoke=up %t.so 0x1000 0xFFFFFF80 | FileCheck --check-prefix=UP %s
;; UP: 133
;; RUN: wasm2native run --invoke=down %t.so 0x2000 0x60 | FileCheck --check-prefix=DOWN %s
;; RUN: wasm2native run --invoke=down %t.so 0x60 0x2000 | FileCheck --check-prefix=DOWN %s
;; DOWN: 111
(module
  (memory 65536)
  (data (i32.const 5) "A")
  (data (i32.const 0x1070) "A")
  (data (i32.const 0x1FA5) "A")
  (data (i32.const 0xFFFFFFF0) "A")
  (func (export "up") (param $p i32) (param $q i32) (result i32) (local $start i32)
    (local.set $start (local.get $p))
    (block $found
      (loop $next
        (br_if $found (i32.ne (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $p) (local.get $start)))
  (func (export "down") (param $p i32) (param $q i32) (result i32) (local $start i32)
    (local.set $start (local.get $p))
    (loop $next
      (local.set $p (i32.sub (local.get $p) (i32.const 1)))
      (local.set $q (i32.sub (local.get $q) (i32.const 1)))
      (br_if $next (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q)))))
    (i32.sub (i32.sub (local.get $start) (local.get $p)) (i32.const 1))))
