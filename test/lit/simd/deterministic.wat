;; --deterministic: every NaN of arithmetic is the positive canonical one, of scalars too.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native run --deterministic --invoke nan %t.wasm | FileCheck %s
;; CHECK: 2143289344
;; CHECK-NEXT: 0x7fc000007fc000007fc000007fc00000
;; CHECK-NEXT: 9221120237041090560
(module
  (memory 1) (data (i32.const 0) "\01\00\a0\ff\01\00\00\00\01\00\f4\ff")
  (func (export "nan") (result i32 v128 i64)
    (i32.reinterpret_f32 (f32.sqrt (f32.load (i32.const 0))))
    (f32x4.mul (v128.load32_splat (i32.const 0)) (f32x4.splat (f32.const 2)))
    (i64.reinterpret_f64 (f64.promote_f32 (f32.load (i32.const 8))))))
