;; With a profile the part that ran goes straight through, and the one that did not goes to the end, whichever the
;; program's own order says; functions that ran come first. A profile of another module changes nothing but is told of.
;; REQUIRES: x86_64
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native --profile-generate %t.wasm -o %t.so && rm -f %t.proftext
;; RUN: wasm2native run --profile-file %t.proftext --invoke=count %t.so 1000
;; RUN: wasm2native --profile-use=%t.proftext --stop-after=lower %t.wasm -o - | FileCheck --check-prefix=IR %s
;; RUN: wasm2native --profile-use=%t.proftext --emit=asm %t.wasm -o - | FileCheck --check-prefix=ASM %s
;; RUN: wasm2native --emit=asm %t.wasm -o - | FileCheck --check-prefix=PLAIN %s
;; RUN: llvm-profdata merge %t.proftext -o %t.profdata
;; RUN: wasm2native --profile-use=%t.profdata %t.wasm -o %t.indexed.so && wasm2native --profile-use=%t.proftext %t.wasm -o %t.text.so
;; RUN: cmp %t.indexed.so %t.text.so
;; RUN: wasm2native -j4 --profile-use=%t.proftext %t.wasm -o %t.j4.so && cmp %t.j4.so %t.text.so
;;
;; IR: define hidden i32 @fn1.count({{.*}} !prof [[ONCE:![0-9]+]]
;; IR: br i1 {{.*}}, !prof [[WEIGHTS:![0-9]+]]
;; IR: define hidden i32 @fn0.never({{.*}}{{.*}} !prof [[ZERO:![0-9]+]]
;; IR-DAG: [[ONCE]] = !{!"function_entry_count", i64 1}
;; IR-DAG: [[ZERO]] = !{!"function_entry_count", i64 0}
;; IR-DAG: [[WEIGHTS]] = !{!"branch_weights", i32 0, i32 1000}
;;
;; ASM-LABEL: {{^}}fn1.count:
;; ASM: ret
;; ASM: callq fn0.never
;; ASM-LABEL: {{^}}fn0.never:
;; PLAIN-LABEL: {{^}}fn0.never:
;; PLAIN-LABEL: {{^}}fn1.count:
;; PLAIN: callq fn0.never
;; PLAIN: ret
(module
  ;; Has a loop, so that it is not inlined.
  (func $never (export "never") (param i32) (result i32) (local i32)
    (loop $next
      (local.set 1 (i32.add (local.get 1) (i32.div_u (i32.const 7) (local.get 0))))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1))
  (func $count (export "count") (param i32) (result i32) (local i32)
    (loop $next
      (if (i32.eq (local.get 0) (i32.const 54321))
        (then (local.set 1 (call $never (local.get 1))))
        (else (local.set 1 (i32.rotl (i32.add (local.get 1) (local.get 0)) (local.get 0)))))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1)))
