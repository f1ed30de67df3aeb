;; A search steps over vectors that have no match, after it has begun one byte at a time.
;; REQUIRES: x86_64
;; REQUIRES: unproven-passes
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O3 --strict-trap-state --emit=asm %t.wasm -o - | FileCheck --check-prefix=STRICT %s
;; CHECK-LABEL: fn0:
;; CHECK: movdqa {{.*}}, %xmm
;; CHECK: pcmpeqb
;; CHECK: pmovmskb
;; CHECK: cmpb $7,
;; STRICT-NOT: pcmpeqb
(module (memory 1)
  (func (param $p i32) (result i32)
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (br_if $next (i32.ne (i32.load8_u (local.get $p)) (i32.const 7))))
    (local.get $p)))
