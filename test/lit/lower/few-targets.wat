;; A call through a closed table that can reach few functions compares its index and calls them directly, so that small
;; ones are inlined; others, and what traps, go through the table.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native -O2 --stop-after=lower %t.wasm -o - | FileCheck %s
;; RUN: wasm2native -O3 --stop-after=optimize %t.wasm -o - | FileCheck --check-prefix=INLINED %s
;; RUN: wasm2native -O1 --stop-after=lower %t.wasm -o - | FileCheck --check-prefix=CHEAP %s
;; RUN: wasm2native -Os --stop-after=lower %t.wasm -o - | FileCheck --check-prefix=CHEAP %s

;; All are compared: what is left is not called, but traps.
;; CHECK-LABEL: define {{.*}}@fn{{[0-9]+}}.call_two(
;; CHECK: switch i32 %{{.*}}, label %lookup [
;; CHECK-NEXT: i32 1, label
;; CHECK-NEXT: i32 4, label
;; CHECK-NEXT: ]
;; CHECK: call i32 @fn0.triple(
;; CHECK: call i32 @fn1.negate(
;; CHECK: lookup:
;; CHECK: icmp uge i32 %{{.*}}, 30
;; CHECK: call i32 %{{.*}}(ptr swiftself %0, i32 %1) #[[COLD:[0-9]+]]
;; CHECK-NEXT: unreachable
;; INLINED-LABEL: define {{.*}}@fn{{[0-9]+}}.call_two(
;; INLINED-NOT: call i32 @
;; INLINED: {{^}}}
;; CHEAP-LABEL: define {{.*}}@fn{{[0-9]+}}.call_two(
;; CHEAP-NOT: switch
;; CHEAP: {{^}}}

;; Only one of these is small.
;; CHECK-LABEL: define {{.*}}@fn{{[0-9]+}}.call_small(
;; CHECK: switch i32 %{{.*}}, label %lookup [
;; CHECK-NEXT: i32 2, label
;; CHECK-NEXT: ]
;; CHECK: call i64 @fn2.increment(
;; CHECK: phi i64
;; CHECK: call i64 %{{.*}}(
;; CHECK-NEXT: br label

;; A single one may be as large as it likes.
;; CHECK-LABEL: define {{.*}}@fn{{[0-9]+}}.call_one(
;; CHECK: switch i32
;; CHECK-NEXT: i32 6, label
;; CHECK: call void @fn4.loop_float(

;; One that is not small, twice; one too many; a table that is written.
;; CHECK-LABEL: define {{.*}}@fn{{[0-9]+}}.call_large(
;; CHECK-NOT: switch
;; CHECK-LABEL: define {{.*}}@fn{{[0-9]+}}.call_many(
;; CHECK-NOT: switch
;; CHECK-LABEL: define {{.*}}@fn{{[0-9]+}}.call_written(
;; CHECK-NOT: switch
;; CHECK-LABEL: define {{.*}}@fn{{[0-9]+}}.call_exported(
;; CHECK-NOT: switch
;; CHECK: {{^}}}
;; CHECK: attributes #[[COLD]] = { cold noreturn
(module
  (type $unary (func (param i32) (result i32))) (type $long (func (param i64) (result i64)))
  (type $float (func (param f32))) (type $double (func (param f64))) (type $nothing (func))
  (table $fixed 30 funcref) (table $written 2 funcref) (table $exported (export "table") 2 funcref)
  (elem (table $fixed) (i32.const 1) func $triple $increment $loop-long $negate)
  (elem (table $fixed) (i32.const 6) func $loop-float $loop-double $loop-double
    $nop $nop $nop $nop $nop $nop $nop $nop $nop $nop $nop $nop $nop $nop $nop $nop $nop)
  (elem (table $written) (i32.const 0) func $triple $negate)
  (elem (table $exported) (i32.const 0) func $triple $negate)
  (func $triple (type $unary) (i32.mul (local.get 0) (i32.const 3)))
  (func $negate (type $unary) (i32.sub (i32.const 0) (local.get 0)))
  (func $increment (type $long) (i64.add (local.get 0) (i64.const 1)))
  (func $loop-long (type $long) (loop (br_if 0 (i64.eqz (local.get 0)))) (local.get 0))
  (func $loop-float (type $float) (loop (br_if 0 (f32.eq (local.get 0) (f32.const 0)))))
  (func $loop-double (type $double) (loop (br_if 0 (f64.eq (local.get 0) (f64.const 0)))))
  (func $nop (type $nothing))
  (func $call-two (export "call-two") (param i32 i32) (result i32)
    (call_indirect $fixed (type $unary) (local.get 0) (local.get 1)))
  (func $call-small (param i64 i32) (result i64) (call_indirect $fixed (type $long) (local.get 0) (local.get 1)))
  (func $call-one (param f32 i32) (call_indirect $fixed (type $float) (local.get 0) (local.get 1)))
  (func $call-large (param f64 i32) (call_indirect $fixed (type $double) (local.get 0) (local.get 1)))
  (func $call-many (param i32) (call_indirect $fixed (type $nothing) (local.get 0)))
  (func $call-written (param i32 i32) (result i32)
    (table.set $written (i32.const 0) (table.get $exported (i32.const 0)))
    (call_indirect $written (type $unary) (local.get 0) (local.get 1)))
  (func $call-exported (param i32 i32) (result i32)
    (call_indirect $exported (type $unary) (local.get 0) (local.get 1))))
