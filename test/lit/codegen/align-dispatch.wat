;; The block of an interpreter that jumps to the next instruction begins with a line of the cache, calls among the instructions or not; a
;; br_table that is no loop does not, nor do instructions that each jump to the next, as without a comparison before the table.
;; RUN: wat2wasm --debug-names %s -o %t.wasm
;; RUN: wasm2native compile -O2 --speculation-masks=none --emit=asm %t.wasm -o - | FileCheck %s
;; RUN: wasm2native compile -O2 --emit=asm %t.wasm -o - | FileCheck --check-prefix=THREADED %s

(module
(import "host" "call" (func $call))
(memory 1)

;; THREADED-LABEL: interpret:
;; THREADED-NOT: .p2align 6
;; THREADED-COUNT-9: jmpq *%r
;; THREADED-NOT: .p2align 6

;; CHECK-LABEL: interpret:
;; CHECK: .p2align 6
;; CHECK-NEXT: .LBB
;; CHECK-NOT: {{^}}.LBB
;; CHECK: jmpq *%r
;; CHECK-NOT: .p2align 6
(func $interpret (export "interpret") (param $at i32) (result i64) (local $sum i64)
  (loop $next
    (block $c9 (block $c8 (block $c7 (block $c6 (block $c5 (block $c4 (block $c3 (block $c2 (block $c1 (block $c0 
      (br_table $c0 $c1 $c2 $c3 $c4 $c5 $c6 $c7 $c8 $c9 (i32.load8_u (local.tee $at (i32.add (local.get $at) (i32.const 1)))))
    ) (return (local.get $sum))
    ) (i64.store offset=16 (i32.const 0) (i64.sub (i64.load offset=24 (i32.const 8)) (local.tee $sum (i64.add (local.get $sum) (i64.const 2))))) (br $next)
    ) (i64.store offset=32 (i32.const 0) (i64.mul (i64.load offset=48 (i32.const 8)) (local.tee $sum (i64.add (local.get $sum) (i64.const 5))))) (br $next)
    ) (i64.store offset=48 (i32.const 0) (i64.xor (i64.load offset=72 (i32.const 8)) (local.tee $sum (i64.add (local.get $sum) (i64.const 10))))) (br $next)
    ) (i64.store offset=64 (i32.const 0) (i64.or (i64.load offset=96 (i32.const 8)) (local.tee $sum (i64.add (local.get $sum) (i64.const 17))))) (br $next)
    ) (call $call) (br $next)
    ) (i64.store offset=96 (i32.const 0) (i64.sub (i64.load offset=144 (i32.const 8)) (local.tee $sum (i64.add (local.get $sum) (i64.const 37))))) (br $next)
    ) (i64.store offset=112 (i32.const 0) (i64.mul (i64.load offset=168 (i32.const 8)) (local.tee $sum (i64.add (local.get $sum) (i64.const 50))))) (br $next)
    ) (i64.store offset=128 (i32.const 0) (i64.xor (i64.load offset=192 (i32.const 8)) (local.tee $sum (i64.add (local.get $sum) (i64.const 65))))) (br $next)
    ) (i64.store offset=144 (i32.const 0) (i64.or (i64.load offset=216 (i32.const 8)) (local.tee $sum (i64.add (local.get $sum) (i64.const 82))))) (br $next)
    )
  (unreachable))

;; CHECK-LABEL: choose:
;; CHECK-NOT: .p2align 6
;; CHECK: .size
(func $choose (export "choose") (param $which i32) (result i64) (local $sum i64)
    (block $c9 (block $c8 (block $c7 (block $c6 (block $c5 (block $c4 (block $c3 (block $c2 (block $c1 (block $c0 
      (br_table $c0 $c1 $c2 $c3 $c4 $c5 $c6 $c7 $c8 $c9 (local.get $which))
    ) (i64.store offset=0 (i32.const 0) (i64.add (i64.load (i32.const 8)) (i64.const 3))) (return (i64.const 0))
    ) (i64.store offset=16 (i32.const 0) (i64.sub (i64.load (i32.const 8)) (i64.const 4))) (return (i64.const 1))
    ) (i64.store offset=32 (i32.const 0) (i64.mul (i64.load (i32.const 8)) (i64.const 5))) (return (i64.const 2))
    ) (i64.store offset=48 (i32.const 0) (i64.xor (i64.load (i32.const 8)) (i64.const 6))) (return (i64.const 3))
    ) (i64.store offset=64 (i32.const 0) (i64.or (i64.load (i32.const 8)) (i64.const 7))) (return (i64.const 4))
    ) (i64.store offset=80 (i32.const 0) (i64.add (i64.load (i32.const 8)) (i64.const 8))) (return (i64.const 5))
    ) (i64.store offset=96 (i32.const 0) (i64.sub (i64.load (i32.const 8)) (i64.const 9))) (return (i64.const 6))
    ) (i64.store offset=112 (i32.const 0) (i64.mul (i64.load (i32.const 8)) (i64.const 10))) (return (i64.const 7))
    ) (i64.store offset=128 (i32.const 0) (i64.xor (i64.load (i32.const 8)) (i64.const 11))) (return (i64.const 8))
    ) (i64.store offset=144 (i32.const 0) (i64.or (i64.load (i32.const 8)) (i64.const 12))) (return (i64.const 9))
  (unreachable)))
