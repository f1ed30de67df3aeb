;; A search whose outcome nobody needs is not deleted with the loads that may trap; one that loads nothing is.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native -O3 --stop-after=optimize %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: @fn0(
;; CHECK: load volatile i8
;; CHECK: ret void
;; CHECK-LABEL: @fn1(
;; CHECK-NOT: br
;; CHECK: ret void
(module (memory 1)
  (func $search (export "search") (param $at i32)
    (loop $next
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.load8_u (local.get $at)))))
  (func $count (export "count") (param $count i32) (local $total i32)
    (loop $next
      (local.set $total (i32.add (local.get $total) (local.get $count)))
      (br_if $next (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))))
