;; Before SSE4.1, rounding is a few operations in place, so that nothing is spilled around a call; with it, one instruction; for size, a call.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile -O2 --target=x86_64 --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O2 --target=x86_64 --mcpu=x86-64-v2 --emit=asm %t.wasm -o - | FileCheck --check-prefix=SSE4 %s
;; RUN: wasm2native compile -Os --target=x86_64 --emit=asm %t.wasm -o - | FileCheck --check-prefix=SIZE %s
;; RUN: wasm2native compile -O2 %t.wasm -o %t.so && wasm2native run --invoke=bits %t.so | FileCheck --check-prefix=VALUES %s

(module

;; CHECK-LABEL: floor64:
;; CHECK-NOT: {{call|jmp}}
;; CHECK: ret
;; SSE4-LABEL: floor64:
;; SSE4: roundsd $9
;; SIZE-LABEL: floor64:
;; SIZE: {{call|jmp}}{{q?[[:space:]]}}floor
(func $floor64 (export "floor64") (param $x f64) (result f64)
  (f64.floor (local.get $x)))

;; CHECK-LABEL: nearest32:
;; CHECK-NOT: {{call|jmp}}
;; CHECK: ret
;; SSE4-LABEL: nearest32:
;; SSE4: roundss $8
;; SIZE-LABEL: nearest32:
;; SIZE: {{call|jmp}}{{q?[[:space:]]}}roundevenf
(func $nearest32 (export "nearest32") (param $x f32) (result f32)
  (f32.nearest (local.get $x)))

;; Rounding of a negative number above -1, of a tie, and of a signaling NaN, whose payload stays.
;; VALUES: -4616189618054758400
;; VALUES-NEXT: -2147483648
;; VALUES-NEXT: 9221120237041090561
(func (export "bits") (result i64 i32 i64)
  (i64.reinterpret_f64 (call $floor64 (f64.const -0x1p-1074)))
  (i32.reinterpret_f32 (call $nearest32 (f32.const -0.5)))
  (i64.reinterpret_f64 (call $floor64 (f64.const nan:0x1)))))
