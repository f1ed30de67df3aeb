;; Code that counts adds to counters that the context points to, one at a time and in memory, also in loops; an artifact
;; of it has no relocations. Without the option there is nothing of it.
;; REQUIRES: x86_64
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native --profile-generate --stop-after=lower %t.wasm -o - | FileCheck --check-prefix=IR %s
;; RUN: wasm2native -O3 --profile-generate --emit=asm %t.wasm -o - | FileCheck --check-prefix=ASM %s
;; RUN: wasm2native --profile-generate %t.wasm -o %t.so && llvm-readelf -r %t.so | FileCheck --check-prefix=RELOCATIONS %s
;; RUN: wasm2native --stop-after=lower %t.wasm -o - | FileCheck --check-prefix=PLAIN %s
;; IR: @w2n.counters.0 = external hidden constant i64
;; IR-NOT: @__profn
;; IR-NOT: @__llvm_profile
;; IR-LABEL: define hidden i32 @fn0.sum(
;; IR: [[FROM:%.*]] = load i64, ptr @w2n.counters.0
;; IR: load atomic i64, ptr {{.*}} monotonic, align 8, !tbaa
;; IR: store atomic i64 {{.*}} monotonic, align 8, !tbaa
;; IR-NOT: call void @llvm.instrprof
;; ASM-LABEL: fn0.sum:
;; ASM: incq
;; RELOCATIONS: There are no relocations in this file.
;; PLAIN-NOT: w2n.counters
;; PLAIN-NOT: atomic
(module
  (func $sum (export "sum") (param i32) (result i32) (local i32)
    (loop $next
      (if (i32.and (local.get 0) (i32.const 1)) (then (local.set 1 (i32.add (local.get 1) (local.get 0)))))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1)))
