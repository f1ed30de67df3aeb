;; Tail calls between functions of one and of two instances, of the host, with differing signatures: ten million of them,
;; in the stack of one.

(module $other
  (import "spectest" "print_i32" (func $print (param i32)))
  (type $step (func (param i32 i64) (result i64)))
  (table (export "table") 4 funcref)
  (global (export "state") (mut i32) (i32.const 100))
  ;; Jumps back through the table that it shares, to whatever the importer has put there.
  (func $ping (export "ping") (param i64 i32 f32 f64) (result i64)
    (return_call_indirect (type $step) (local.get 1) (local.get 0) (i32.const 0)))
  (func (export "pair") (param i32 i32) (result i32 i32 f64)
    (if (i32.eqz (local.get 0))
      (then (return (local.get 1) (i32.const 1000) (f64.const 0.5))))
    (return_call_indirect (param i32 i32) (result i32 i32 f64)
      (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1)) (i32.const 1)))
  ;; Not a function with tail calls: the end of any chain.
  (func (export "plain") (param i32) (result i32 i32 i32)
    (local.get 0) (i32.const 20) (i32.const 30))
  (func (export "quiet") (param i32) (return_call $print (local.get 0)))
  (func (export "wide")
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f64 f64 f64 f64
           f64 f64 f64 f64 f64 f64)
    (result i32 f64)
    (return_call_indirect (param i32 f64) (result i32 f64)
      (i32.add (i32.add (local.get 0) (local.get 6)) (i32.add (local.get 7) (local.get 23)))
      (f64.add (local.get 24) (local.get 33)) (i32.const 2))))
(register "other" $other)

(module
  (import "other" "ping" (func $ping (param i64 i32 f32 f64) (result i64)))
  (import "other" "pair" (func $pair (param i32 i32) (result i32 i32 f64)))
  (import "other" "plain" (func $plain (param i32) (result i32 i32 i32)))
  (import "other" "quiet" (func $quiet (param i32)))
  (import "other" "wide" (func $wide
    (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f64 f64 f64 f64
           f64 f64 f64 f64 f64 f64)
    (result i32 f64)))
  (import "other" "table" (table $shared 4 funcref))
  (elem (table $shared) (i32.const 0) func $pong $pong2 $narrow)
  (global $mine (mut i32) (i32.const 7))

  ;; Within one instance, signatures of few and of many parameters.
  (func $even (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (return (i32.const 44))))
    (return_call $odd (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)
      (f32.const 1) (f64.const 2) (i32.sub (local.get 0) (i32.const 1))))
  (func $odd (param i64 i64 i64 i64 i64 i64 i64 i64 f32 f64 i32) (result i32)
    (if (i32.eqz (local.get 10)) (then (return (i32.const 99))))
    (if (i64.ne (i64.const 36) (i64.add (i64.add (i64.add (local.get 0) (local.get 1)) (i64.add (local.get 2) (local.get 3)))
                                       (i64.add (i64.add (local.get 4) (local.get 5)) (i64.add (local.get 6) (local.get 7)))))
      (then (unreachable)))
    (return_call $even (i32.sub (local.get 10) (i32.const 1))))
  (func (export "even") (param i32) (result i32) (call $even (local.get 0)))
  (func (export "even-tail") (param i32) (result i32) (return_call $even (local.get 0)))

  ;; Across instances and back; the caller's own state is there afterwards.
  (func $pong (param i32 i64) (result i64)
    (if (i32.eqz (local.get 0)) (then (return (i64.add (local.get 1) (i64.extend_i32_s (global.get $mine))))))
    (return_call $ping (i64.add (local.get 1) (i64.const 1)) (i32.sub (local.get 0) (i32.const 1)) (f32.const 0) (f64.const 0)))
  (func (export "ping-pong") (param i32) (result i64)
    (local $sum i64)
    (local.set $sum (call $ping (i64.const 0) (local.get 0) (f32.const 0) (f64.const 0)))
    (global.set $mine (i32.add (global.get $mine) (i32.const 1)))
    (local.set $sum (i64.add (local.get $sum) (call $pong (local.get 0) (i64.const 0))))
    (i64.add (local.get $sum) (i64.extend_i32_s (global.get $mine))))

  ;; Results past the first come to whoever called first, from whichever instance returned.
  (func $pong2 (param i32 i32) (result i32 i32 f64)
    (if (i32.eqz (local.get 0)) (then (return (local.get 1) (i32.const 2000) (f64.const 0.25))))
    (return_call $pair (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1))))
  (func (export "pairs") (param i32) (result i32 i32 f64 i32 i32 f64)
    (call $pong2 (local.get 0) (i32.const 0))
    (call $pair (local.get 0) (i32.const 0)))
  (func (export "pair-direct") (param i32) (result i32 i32 f64)
    (return_call $pong2 (local.get 0) (i32.const 0)))
  (func (export "plain") (param i32) (result i32 i32 i32) (return_call $plain (local.get 0)))
  (func (export "quiet") (return_call $quiet (i32.const 1)))

  ;; More parameters than registers: none may be lost (LLVM 22 drops stack arguments of such calls).
  (func $narrow (param i32 f64) (result i32 f64)
    (i32.add (local.get 0) (global.get $mine)) (local.get 1))
  (func (export "wide") (result i32 f64)
    (return_call $wide
      (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 10) (i32.const 100)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1000)
      (f64.const 0.5) (f64.const 0) (f64.const 0) (f64.const 0) (f64.const 0) (f64.const 0) (f64.const 0) (f64.const 0)
      (f64.const 0) (f64.const 4)))
  (func (export "trap") (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (return_call $even (i32.div_u (i32.const 1) (i32.sub (local.get 0) (i32.const 1))))))

(assert_return (invoke "even" (i32.const 10000000)) (i32.const 44))
(assert_return (invoke "even" (i32.const 10000001)) (i32.const 99))
(assert_return (invoke "even-tail" (i32.const 10000000)) (i32.const 44))
(assert_return (invoke "ping-pong" (i32.const 5)) (i64.const 33))
(assert_return (invoke "ping-pong" (i32.const 5000000)) (i64.const 10000026))
(assert_return (invoke "pairs" (i32.const 4))
  (i32.const 4) (i32.const 2000) (f64.const 0.25) (i32.const 4) (i32.const 1000) (f64.const 0.5))
(assert_return (invoke "pairs" (i32.const 5000001))
  (i32.const 5000001) (i32.const 1000) (f64.const 0.5) (i32.const 5000001) (i32.const 2000) (f64.const 0.25))
(assert_return (invoke "pair-direct" (i32.const 3)) (i32.const 3) (i32.const 1000) (f64.const 0.5))
(assert_return (invoke "plain" (i32.const 10)) (i32.const 10) (i32.const 20) (i32.const 30))
(assert_return (invoke "quiet"))
(assert_return (invoke "wide") (i32.const 1120) (f64.const 4.5))
(assert_trap (invoke "trap" (i32.const 0)) "unreachable")
(assert_trap (invoke "trap" (i32.const 1)) "integer divide by zero")

;; Through a table that only this module's calls can reach; some of its functions have no tail calls.
(module
  (type $op (func (param i32 i32) (result i32)))
  (table funcref (elem $dec $add3 $end))
  (func $dec (type $op)
    (if (i32.eqz (local.get 0)) (then (return_call_indirect (type $op) (local.get 0) (local.get 1) (i32.const 2))))
    (return_call_indirect (type $op) (local.get 0) (local.get 1) (i32.const 1)))
  (func $add3 (type $op)
    (return_call_indirect (type $op) (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 3)) (i32.const 0)))
  (func $end (type $op) (local.get 1))
  (func (export "run") (param i32) (result i32) (call_indirect (type $op) (local.get 0) (i32.const 0) (i32.const 0)))
  (func (export "past") (param i32) (result i32) (return_call_indirect (type $op) (i32.const 0) (i32.const 0) (local.get 0))))
(assert_return (invoke "run" (i32.const 10000000)) (i32.const 30000000))
(assert_trap (invoke "past" (i32.const 3)) "undefined element")
