;; Locals are SSA values from the start, through loops and branches: no alloca, no load, no store.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile --stop-after=lower %t.wasm -o - | FileCheck %s
;; CHECK-LABEL: define {{.*}}fn0
;; CHECK-NOT: {{alloca|load|store}}
;; CHECK: phi i32
;; CHECK-NOT: {{alloca|load|store}}
;; CHECK: ret i32
(module
  (func (param $n i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $sum)))
