;; An exception that nobody catches is reported like a trap, from where it was thrown, or where clauses passed it on last.
;; RUN: wat2wasm --enable-exceptions --debug-names %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: sh -c 'wasm2native run --invoke outer %t.so; echo status $?' 2>&1 | FileCheck %s
;; RUN: not wasm2native run --invoke trier %t.so 2>&1 | FileCheck %s --check-prefix=PASSED-ON
;; CHECK: wasm2native: trap: uncaught exception
;; CHECK-NEXT: at $inner
;; CHECK-NEXT: at $outer
;; CHECK: status 134
;; PASSED-ON: wasm2native: trap: uncaught exception
;; PASSED-ON-NEXT: at $trier
(module
  (tag $thrown (param i32)) (tag $wanted)
  (func $inner (throw $thrown (i32.const 1)))
  (func $outer (export "outer") (call $inner))
  (func $trier (export "trier")
    (try (do (call $inner)) (catch $wanted))))
