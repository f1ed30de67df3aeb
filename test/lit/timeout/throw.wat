;; A timeout ends a loop that throws exceptions through frames and catches them, whichever of the two it is at.
;; RUN: wat2wasm --enable-exceptions --debug-names %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: sh -c 'for t in 0.02 0.021 0.022 0.023 0.024 0.025; do wasm2native run --timeout $t --invoke=catcher %t.so; echo status $?; done' 2>&1 | FileCheck %s
;; CHECK-COUNT-6: wasm2native: deadline exceeded{{([[:space:]]+at \$[a-z]+ \(wasm-function\[[0-9]\]\))*[[:space:]]+}}at $catcher (wasm-function[2]){{[[:space:]]+}}status 124
(module
  (tag $number (param i32))
  (func $thrower (param i32) (throw $number (local.get 0)))
  (func $between (param i32) (call $thrower (local.get 0)) (unreachable))
  (func $catcher (export "catcher") (local $n i32)
    (loop
      (local.set $n (i32.add (i32.const 1) (try (result i32) (do (call $between (local.get $n)) (i32.const 0)) (catch $number))))
      (br 0))))
