;; Each cause is there with its count, its functions and a way out, whatever -j; what is as it should be is not.
;; REQUIRES: x86_64
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native -j1 --report %t.wasm -o %t.so 2> %t.1 && wasm2native -j4 --report %t.wasm -o %t.so 2> %t.4 && cmp %t.1 %t.4
;; RUN: FileCheck %s < %t.1
;; RUN: wasm2native --report --mcpu=x86-64-v2 --bounds-checks=explicit --strict-trap-state --meter=fuel --deterministic %t.wasm -o %t.so 2>&1 | FileCheck --check-prefix=OPTIONS %s
;; CHECK: report: what may make this module slow
;; CHECK-NOT: compare their address
;; CHECK: indirect calls through a table that others can write to: 1 in 1 function
;; CHECK-NEXT: way out: do not export or import the table
;; CHECK-NEXT: table 0: through-table 1
;; CHECK: operations for which the processor has no short sequence: 2 in 1 function
;; CHECK-NEXT: way out:
;; CHECK-NEXT: i32.popcnt, for x86-64 (--mcpu=x86-64-v2 has one): bits 2
;; CHECK: innermost loops with calls, which keep values in memory and are not vectorized: 1 in 1 function
;; CHECK-NEXT: way out:
;; CHECK-NEXT: {{^}}  calls 1{{$}}
;; CHECK: innermost loops with memory.grow, which may take a system call each time: 1 in 1 function
;; CHECK: {{^}}  grows 1{{$}}
;; CHECK: loops that LLVM does not vectorize:
;; CHECK-NEXT: way out: docs/report.md
;; CHECK: sum 1
;; OPTIONS: every access to memory is in its place (--strict-trap-state)
;; OPTIONS: instructions are counted (--meter=fuel)
;; OPTIONS: every NaN that arithmetic makes is looked at (--deterministic)
;; OPTIONS: accesses compare their address with the memory's size: 1 in 1 function
;; OPTIONS: --bounds-checks=explicit: sum 1
;; OPTIONS-NOT: popcnt
(module
  (memory 1)
  (table (export "table") 1 funcref)
  (type $plain (func))
  (func $leaf)
  (func $through-table (export "through-table") (call_indirect (type $plain) (i32.const 0)))
  (func $bits (export "bits") (param i32) (result i32) (i32.popcnt (i32.popcnt (local.get 0))))
  (func $calls (export "calls") (param i32)
    (loop $outer
      (loop $inner (call $leaf) (br_if $inner (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (call $leaf)
      (br_if $outer (local.get 0))))
  (func $grows (export "grows") (param i32)
    (loop $next
      (drop (memory.grow (i32.const 1)))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $sum (export "sum") (param i32) (result f32) (local f32)
    (loop $next
      (local.set 1 (f32.add (local.get 1) (f32.load (local.get 0))))
      (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 4)))))
    (local.get 1)))
