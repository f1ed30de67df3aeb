;; Two ranges are compared in vectors, of which those of the second pointer stay in its page, upwards and downwards, and with several
;; exits in one condition.
;; REQUIRES: x86_64
;; REQUIRES: unproven-passes
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O3 --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O3 --strict-trap-state --emit=asm %t.wasm -o - | FileCheck --check-prefix=STRICT %s
;; STRICT-NOT: pcmpeqb
(module (memory 1)

;; CHECK-LABEL: fn0:
;; CHECK: cmpb
;; CHECK: andl $4095,
;; CHECK: movdqu {{.*}}, [[FIRST:%xmm[0-9]+]]
;; CHECK-NEXT: pcmpeqb {{.*}}, [[FIRST]]
;; CHECK-NEXT: pmovmskb [[FIRST]],
;; CHECK: movdqu {{.*}}, [[NEXT:%xmm[0-9]+]]
;; CHECK-NEXT: pcmpeqb {{.*}}, [[NEXT]]
;; CHECK-NEXT: pmovmskb [[NEXT]],
(func (export "up") (param $p i32) (param $q i32) (param $n i32) (result i32)
  (block $found
    (loop $next
      (br_if $found
        (i32.or (i32.eqz (local.get $n)) (i32.ne (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q)))))
      (local.set $p (i32.add (local.get $p) (i32.const 1)))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $next)))
  (local.get $n))

;; CHECK-LABEL: fn1:
;; CHECK: andl $4095,
;; CHECK: pcmpeqb
;; CHECK: bsr
(func (export "down") (param $p i32) (param $q i32) (param $n i32) (result i32)
  (block $found
    (loop $next
      (br_if $found (i32.eqz (local.get $n)))
      (local.set $p (i32.sub (local.get $p) (i32.const 1)))
      (local.set $q (i32.sub (local.get $q) (i32.const 1)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q))))))
  (local.get $n)))
