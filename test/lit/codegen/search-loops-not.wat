;; What looks like a search and is left alone: it writes, it skips bytes, it calls, its bound is in memory, it looks for more than a pivot,
;; as sorting does, others may write.
;; REQUIRES: x86_64
;; REQUIRES: unproven-passes
;; RUN: split-file %s %t && wat2wasm %t/one.wat -o %t/one.wasm && wat2wasm --enable-threads %t/shared.wat -o %t/shared.wasm
;; RUN: wasm2native compile -O3 --emit=llvm-ir %t/one.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O3 --emit=llvm-ir %t/shared.wasm -o - | FileCheck %s
;; CHECK: icmp eq i8
;; CHECK-NOT: search.
;--- one.wat
(module (import "host" "f" (func $f)) (memory 1)
  (func (export "writes") (param $p i32) (result i32)
    (loop $next
      (i32.store8 offset=99 (local.get $p) (i32.const 1))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $next (i32.ne (i32.load8_u (local.get $p)) (i32.const 7))))
    (local.get $p))
  (func (export "skips") (param $p i32) (result i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 2)))
      (br_if $next (i32.ne (i32.load8_u (local.get $p)) (i32.const 7))))
    (local.get $p))
  (func (export "calls") (param $p i32) (result i32)
    (loop $next
      (call $f)
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $next (i32.ne (i32.load8_u (local.get $p)) (i32.const 7))))
    (local.get $p))
  (func (export "partitions") (param $p i32) (param $pivot i32) (result i32)
    (loop $next
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (br_if $next (i32.gt_s (i32.load (local.get $p)) (local.get $pivot))))
    (local.get $p))
  (func (export "follows") (param $p i32) (result i32)
    (loop $next
      (local.set $p (i32.add (i32.load (local.get $p)) (i32.const 1)))
      (br_if $next (i32.ne (i32.load8_u (local.get $p)) (i32.const 7))))
    (local.get $p)))
;--- shared.wat
(module (memory 1 1 shared)
  (func (export "shared") (param $p i32) (result i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $next (i32.ne (i32.load8_u (local.get $p)) (i32.const 7))))
    (local.get $p)))
