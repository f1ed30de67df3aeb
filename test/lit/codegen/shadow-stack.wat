;; The frame of a C function lies in memory, where any address may point to it. Values are forwarded between constant offsets of one
;; frame, and the pointer that is put back is not written at all; after a store to an address that nobody knows, the load stays.
;; RUN: wat2wasm --debug-names %s -o %t.wasm && wasm2native compile -O2 --stop-after=optimize %t.wasm -o - | FileCheck %s

(module (memory 1)
  (global $sp (mut i32) (i32.const 65536))
  ;; CHECK-LABEL: define hidden i32 @fn0.same(
  ;; CHECK: store i32 %1
  ;; CHECK-NOT: load
  ;; CHECK: store i32 7
  ;; CHECK-NOT: {{load|store}}
  ;; CHECK: ret i32 %1
  (func $same (export "same") (param $value i32) (result i32) (local $frame i32)
    (local.set $frame (i32.sub (global.get $sp) (i32.const 16)))
    (global.set $sp (local.get $frame))
    (i32.store offset=8 (local.get $frame) (local.get $value))
    (i32.store offset=12 (local.get $frame) (i32.const 7))
    (i32.load offset=8 (local.get $frame))
    (global.set $sp (i32.add (local.get $frame) (i32.const 16))))
  ;; CHECK-LABEL: define hidden i32 @fn1.unknown(
  ;; CHECK: store i32 %1
  ;; CHECK: store i32 7
  ;; CHECK: [[AGAIN:%.*]] = load i32
  ;; CHECK-NOT: store
  ;; CHECK: ret i32 [[AGAIN]]
  (func $unknown (export "unknown") (param $value i32) (param $pointer i32) (result i32) (local $frame i32)
    (local.set $frame (i32.sub (global.get $sp) (i32.const 16)))
    (global.set $sp (local.get $frame))
    (i32.store offset=8 (local.get $frame) (local.get $value))
    (i32.store (local.get $pointer) (i32.const 7))
    (i32.load offset=8 (local.get $frame))
    (global.set $sp (i32.add (local.get $frame) (i32.const 16)))))
