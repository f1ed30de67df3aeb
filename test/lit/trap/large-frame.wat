;; A frame of many pages does not step over the guard region: code touches its pages in order.
;; The loads are before the call and used after it, so that their values are in the frame.
;; RUN: python3 -c "n = 4000; print('(module (memory 1) (func $f (export \"f\") (result f64)', ''.join('(f64.load offset=%d (i32.const 0))' % (8 * i) for i in range(n)), '(call $f)', 'f64.sub ' * n, '))')" > %t.wat
;; RUN: wat2wasm %t.wat -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: not wasm2native run --invoke=f %t.so 2>&1 | FileCheck %s
;; CHECK: wasm2native: trap: call stack exhausted
;; CHECK-NEXT: at wasm-function[0]
