;; Of a memory that begins with all of its 65536 pages, or that is imported and may be such a one, every address is accessible:
;; indices stay as they are.
;; REQUIRES: unproven-passes
;; RUN: split-file %s %t
;; RUN: wat2wasm %t/whole.wat -o %t.wasm && wasm2native compile -Os --stop-after=optimize %t.wasm -o - | FileCheck %s
;; RUN: wat2wasm %t/imported.wat -o %t.wasm && wasm2native compile -Os --stop-after=optimize %t.wasm -o - | FileCheck %s
;; RUN: wat2wasm %t/limited.wat -o %t.wasm && wasm2native compile -Os --stop-after=optimize %t.wasm -o - | FileCheck %s --check-prefix=LIMITED
;; CHECK-NOT: wrap guard
;; CHECK-NOT: %address
;; CHECK: phi i32
;; CHECK-NOT: %address
;; LIMITED: %address{{.*}} = phi i64

;--- whole.wat
(module (memory 65536)
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
;--- imported.wat
(module (memory (import "host" "memory") 1)
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
;--- limited.wat
(module (memory (import "host" "memory") 1 65535)
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
