;; An index of 32 bits that steps through memory becomes an address of 64 in a version of the loop, which runs where a comparison
;; shows that no index wraps around; the loop as it was is the other.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -Os --stop-after=optimize %t.wasm -o - | FileCheck %s --check-prefix=SIZE

(module
  (memory 1)

;; One variable serves both accesses.
;; CHECK-LABEL: define {{.*}}@fn0.each(
;; CHECK: icmp {{.*}}ult i64 {{.*}}, 4294967296
;; CHECK: {{^}}loop.narrow:
;; CHECK-NOT: phi i64
;; CHECK: phi i32
;; CHECK: %address{{.*}} = phi i64
;; SIZE-LABEL: define {{.*}}@fn0.each(
;; SIZE-NOT: .narrow
;; SIZE: {{^}}}
(func $each (export "each") (param $p i32) (param $n i32)
  (loop $next
    (i32.store (i32.add (local.get $p) (i32.const 8)) (i32.mul (i32.load (local.get $p)) (i32.const 7)))
    (local.set $p (i32.add (local.get $p) (i32.const 4)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

;; The count of iterations of a loop that waits for what it loads is not known before it: there is one version.
;; CHECK-LABEL: define {{.*}}@fn1.search(
;; CHECK-NOT: .narrow
;; CHECK: {{^}}}
(func $search (export "search") (param $p i32) (result i32)
  (loop $next
    (local.set $p (i32.add (local.get $p) (i32.const 4)))
    (br_if $next (i32.load (local.get $p))))
  (local.get $p))

;; A loop that calls gains too little.
;; CHECK-LABEL: define {{.*}}@fn2.call(
;; CHECK-NOT: .narrow
;; CHECK: {{^}}}
(func $call (export "call") (param $p i32) (param $n i32)
  (loop $next
    (i32.store (local.get $p) (call $search (local.get $n)))
    (local.set $p (i32.add (local.get $p) (i32.const 4)))
    (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
