;; Tables that code writes to, and segments that it drops, are as initialization has left them.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile --preinit --emit=wasm %t.wasm -o %t.baked.wasm
;; RUN: wasm-validate %t.baked.wasm && wasm2native run --invoke sum %t.baked.wasm | FileCheck %s
;; RUN: not wasm2native run --invoke dropped %t.baked.wasm 2>&1 | FileCheck --check-prefix=DROPPED %s
;; CHECK: 213
;; DROPPED: trap: out of bounds table access
(module
  (type $get (func (result i32)))
  (table $written 2 funcref)
  (table $fixed 1 funcref)
  (func $one (result i32) (i32.const 1))
  (func $two (result i32) (i32.const 2))
  (func $three (result i32) (i32.const 3))
  (elem (table $written) (i32.const 0) func $one $one)
  (elem (table $fixed) (i32.const 0) func $three)
  (elem $passive func $two $one)
  (func (export "_initialize")
    (drop (table.grow $written (ref.null func) (i32.const 5)))
    (table.init $written $passive (i32.const 5) (i32.const 0) (i32.const 2))
    (table.set $written (i32.const 0) (ref.null func))
    (elem.drop $passive))
  (func (export "sum") (result i32)
    (i32.add
      (i32.add
        (i32.mul (call_indirect $written (type $get) (i32.const 5)) (i32.const 100))
        (i32.mul (call_indirect $written (type $get) (i32.const 6)) (i32.const 10)))
      (i32.add
        (call_indirect $fixed (type $get) (i32.const 0))
        (i32.mul (i32.const 1000)
          (i32.sub (i32.const 1) (ref.is_null (table.get $written (i32.const 0))))))))
  (func (export "dropped")
    (table.init $written $passive (i32.const 0) (i32.const 0) (i32.const 1))))
