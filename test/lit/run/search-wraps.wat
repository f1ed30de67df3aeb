;; A search in vectors: an index wraps around at 2^32 where memory has all of its 4 GiB; an offset does not.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 %t.wasm -o %t.so
;; RUN: wasm2native run --invoke=wraps %t.so 0xFFFFFF03 | FileCheck %s
;; RUN: wasm2native run --invoke=wraps %t.so 0xFFFFFFF0 | FileCheck %s
;; CHECK: 21
;; RUN: not wasm2native run --invoke=offset %t.so 0xFFFFFF03 2>&1 | FileCheck --check-prefix=TRAP %s
;; RUN: not wasm2native run --invoke=offset %t.so 0xFFFFFFE0 2>&1 | FileCheck --check-prefix=TRAP %s
;; TRAP: trap: out of bounds memory access
(module
  (memory 65536)
  (data (i32.const 0xFFFFFF00)
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
  (data (i32.const 0) "AAAAAAAAAAAAAAAAAAAAA")
  (func (export "wraps") (param $p i32) (result i32)
    (block $found
      (loop $next
        (br_if $found (i32.ne (i32.load8_u (local.get $p)) (i32.const 65)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $p))
  (func (export "offset") (param $p i32) (result i32)
    (block $found
      (loop $next
        (br_if $found (i32.ne (i32.load8_u offset=16 (local.get $p)) (i32.const 65)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $p)))
