;; Plain accesses to a shared memory are ordinary loads and stores: the loop vectorizes, and an atomic access in it stays a barrier.
;; RUN: wat2wasm --enable-threads %s -o %t.wasm && wasm2native compile -O3 --stop-after=optimize %t.wasm -o - | FileCheck %s
(module (memory 1 1 shared)
  ;; CHECK-LABEL: @fn0(
  ;; CHECK: load <{{[0-9]+}} x i32>
  (func (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  ;; The plain load is done anew after each atomic one.
  ;; CHECK-LABEL: @fn1(
  ;; CHECK: load atomic i32, {{.*}} seq_cst
  ;; CHECK: load i32
  ;; CHECK: br i1 %{{.*}}, label
  (func (param $flag i32) (param $data i32) (result i32)
    (loop $spin
      (br_if $spin (i32.eqz (i32.or (i32.atomic.load (local.get $flag)) (i32.load (local.get $data))))))
    (i32.load (local.get $data))))
