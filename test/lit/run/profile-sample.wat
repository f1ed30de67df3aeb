;; --profile-sample: most samples of a program are in the function that works, also where a deadline ends it; times of
;; the host's functions are theirs.
;; RUN: rm -rf %t && mkdir %t && wat2wasm --debug-names %s -o %t/m.wasm && wasm2native -O1 %t/m.wasm
;; RUN: wasm2native run --profile-sample %t/folded %t/m.so && %python %S/Inputs/check_samples.py %t/folded hot
;; RUN: wasm2native run --profile-sample %t/s.json %t/m.so && %python %S/Inputs/check_samples.py %t/s.json hot
;; RUN: not wasm2native run --timeout 1s --profile-sample %t/ended --invoke loop %t/m.so
;; RUN: %python %S/Inputs/check_samples.py %t/ended loop
;; RUN: wasm2native run --profile-sample %t/host --invoke random %t/m.so
;; RUN: %python %S/Inputs/check_samples.py %t/host random 'random;wasi_snapshot_preview1.random_get'
;; RUN: not wasm2native run --profile-sample= %t/m.so 2>&1 | FileCheck %s --check-prefix=NAME
;; NAME: --profile-sample needs a file
;; RUN: wasm2native run --profile-sample /nowhere/x --invoke cold %t/m.so 2>&1 | FileCheck %s --check-prefix=PATH
;; PATH: no flame graph is written: cannot create '/nowhere/x'
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (memory (export "memory") 16)
  (global $sum (mut i32) (i32.const 0))
  (func $work (param i32)
    (loop $again
      (global.set $sum (i32.add (i32.mul (global.get $sum) (i32.const 69069)) (local.get 0)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $hot (call $work (i32.const 200000000)))
  (func $cold (export "cold") (call $work (i32.const 1000)))
  (func $loop (export "loop") (loop $again (call $cold) (br $again)))
  (func $random (export "random") (local i32)
    (local.set 0 (i32.const 100))
    (loop $again
      (drop (call $random_get (i32.const 0) (i32.const 1000000)))
      (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $start (export "_start") (call $cold) (call $hot) (call $cold)))
