;; The beginning of every module of this folder: gc.py puts it before a kernel, which has `$run`, and both into one
;; module. `measure` runs the kernel several times; it gives the last result and the nanoseconds of the fastest round.
(import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
(memory (export "memory") 1)
(global $seed (mut i32) (i32.const 1))

(func $now (result i64)
  (drop (call $clock (i32.const 1) (i64.const 1) (i32.const 8)))
  (i64.load (i32.const 8)))

;; The next of a row of numbers of 31 bits.
(func $random (result i32)
  (global.set $seed (i32.add (i32.mul (global.get $seed) (i32.const 1103515245)) (i32.const 12345)))
  (i32.shr_u (global.get $seed) (i32.const 1)))

(func (export "measure") (param $turns i32) (param $rounds i32) (result i32 i64)
  (local $result i32) (local $begin i64) (local $time i64) (local $best i64)
  (local.set $best (i64.const 0x7fffffffffffffff))
  (loop $round
    (global.set $seed (i32.const 1))
    (local.set $begin (call $now))
    (local.set $result (call $run (local.get $turns)))
    (local.set $time (i64.sub (call $now) (local.get $begin)))
    (if (i64.lt_u (local.get $time) (local.get $best)) (then (local.set $best (local.get $time))))
    (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
    (br_if $round (local.get $rounds)))
  (local.get $result) (local.get $best))
