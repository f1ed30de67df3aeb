;; Is a byte one of a set, which a constant's bits say? In vectors that is comparisons of bytes. Where the bits are not known, each lane
;; would need its own shift, which this processor does not have, and the search stays as it is.
;; REQUIRES: x86_64
;; REQUIRES: unproven-passes
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 --emit=llvm-ir %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: @fn0(
;; CHECK: search.vector:
;; CHECK-NEXT: getelementptr
;; CHECK-NEXT: load <16 x i8>
;; CHECK-NOT: <16 x i32>
;; CHECK-NOT: {{shl|lshr}} <
;; CHECK: icmp {{.*}}<16 x i8>
;; CHECK-LABEL: @fn1(
;; CHECK-NOT: search.
(module (memory 1)
  (func (export "spaces") (param $p i32) (result i32) (local $byte i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $next
        (i32.and
          (i32.le_u (i32.sub (local.tee $byte (i32.load8_u (local.get $p))) (i32.const 9)) (i32.const 23))
          (i32.ne (i32.and (i32.shl (i32.const 1) (i32.sub (local.get $byte) (i32.const 9))) (i32.const 0x800013)) (i32.const 0)))))
    (local.get $p))
  (func (export "bits") (param $p i32) (param $bits i32) (result i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $next (i32.eqz (i32.and (i32.shr_u (local.get $bits) (i32.load8_u (local.get $p))) (i32.const 1)))))
    (local.get $p)))
