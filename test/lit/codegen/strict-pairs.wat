;; Two values side by side in one store, of which LLVM makes two stores where it finds them cheaper. The first must
;; not happen where the second traps, so they stay one.
;; RUN: wat2wasm %s -o %t.wasm
;; RUN: wasm2native -O3 --strict-trap-state --target=x86_64 --emit=asm %t.wasm -o - | FileCheck %s
(module
  (memory 1)
  ;; CHECK-LABEL: {{^}}fn0:
  ;; CHECK-NOT: movss {{.*}}, (
  ;; CHECK: movq %r{{..?}}, (%r
  ;; CHECK-NEXT: ret
  (func (export "pair") (param $p i32) (param $low f32) (param $high i32)
    (i64.store align=1 (local.get $p)
      (i64.or (i64.extend_i32_u (i32.reinterpret_f32 (local.get $low)))
              (i64.shl (i64.extend_i32_u (local.get $high)) (i64.const 32))))))
