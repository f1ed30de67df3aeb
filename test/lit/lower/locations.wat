;; Code that may inline has locations wherever LLVM wants them: on calls from functions that have any to others that have.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile -O2 --stop-after=lower %t.wasm -o %t.ll
;; RUN: opt-22 -passes=verify -disable-output %t.ll

(module
  (memory 1)
  (func $small (param i32) (result i32) (i32.load (local.get 0)))
  ;; Too large to be inlined; it has a location for its call of $small.
  (func $large (param i32) (result i32)
    (loop $next
      (local.set 0 (call $small (local.get 0)))
      (br_if $next (i32.ne (local.get 0) (i32.const 7))))
    (local.get 0))
  (func (export "run") (param i32) (result i32)
    (loop $next (br_if $next (call $large (local.get 0))))
    (call $small (local.get 0))))
