;; The older form of exceptions, where the official suite is thin: depth, locals, linking.

(module $thrower
  (tag $number (export "number") (param i32))
  (tag $other (export "other") (param i64 f64))
  (func (export "throw-number") (param i32) (throw $number (local.get 0)))
  (func (export "throw-other") (param i64 f64) (throw $other (local.get 0) (local.get 1))))
(register "thrower" $thrower)

(module $main
  (tag $number (import "thrower" "number") (param i32))
  (tag $other (import "thrower" "other") (param i64 f64))
  (func $throw_number (import "thrower" "throw-number") (param i32))
  (func $throw_other (import "thrower" "throw-other") (param i64 f64))
  (tag $own (param i32))
  (memory 1)

  ;; Ten frames, each with values that live across the call.
  (func $down (param $depth i32) (param $value i32) (result i32)
    (local $a i32) (local $b f64)
    (local.set $a (i32.mul (local.get $depth) (i32.const 3)))
    (local.set $b (f64.convert_i32_s (local.get $a)))
    (if (i32.eqz (local.get $depth)) (then (throw $own (local.get $value))))
    (i32.add
      (call $down (i32.sub (local.get $depth) (i32.const 1)) (local.get $value))
      (i32.add (local.get $a) (i32.trunc_f64_s (local.get $b)))))
  (func (export "ten-frames") (param i32 i32) (result i32)
    (try (result i32)
      (do (call $down (local.get 0) (local.get 1)))
      (catch $own)))

  ;; The handler sees the value that a local had when the call threw.
  (func $throw_if (param i32 i32)
    (if (i32.eq (local.get 0) (local.get 1)) (then (throw $own (local.get 0)))))
  (func (export "locals") (param $when i32) (result i32)
    (local $step i32) (local $i i32)
    (try
      (do
        (local.set $step (i32.const 1))
        (call $throw_if (i32.const 1) (local.get $when))
        (local.set $step (i32.const 20))
        (call $throw_if (i32.const 2) (local.get $when))
        (local.set $step (i32.const 300))
        (loop $again
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (call $throw_if (i32.add (local.get $i) (i32.const 2)) (local.get $when))
          (local.set $step (i32.add (local.get $step) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $i) (i32.const 5)))))
      (catch $own
        (local.set $step (i32.add (i32.mul (local.get $step) (i32.const 1000))))))
    (local.get $step))

  ;; A try in a loop in a try, in every turn another clause.
  (func (export "nested") (param $turns i32) (result i32)
    (local $i i32) (local $sum i32)
    (try
      (do
        (loop $again
          (try
            (do
              (try
                (do
                  (if (i32.and (local.get $i) (i32.const 1))
                    (then (call $throw_number (local.get $i)))
                    (else (call $throw_other (i64.const 5) (f64.const 2.5)))))
                (catch $number
                  (local.set $sum (i32.add (local.get $sum))))))
            (catch_all
              (local.set $sum (i32.add (local.get $sum) (i32.const 1000)))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $i) (local.get $turns))))
        (call $throw_number (local.get $sum)))
      (catch $other (drop) (drop))
      (catch $number (return)))
    (unreachable))

  (func (export "payload") (param i64 f64) (result i64 f64)
    (try (result i64 f64)
      (do (call $throw_other (local.get 0) (local.get 1)) (unreachable))
      (catch $number (drop) (i64.const 0) (f64.const 0))
      (catch $other)))

  ;; A handler that throws again what it caught, past a try that has no clause for it.
  (func (export "rethrow") (param i32) (result i32)
    (try (result i32)
      (do
        (try
          (do
            (try
              (do (call $throw_number (local.get 0)))
              (catch $number (drop) (rethrow 0))))
          (catch $own (drop) (unreachable)))
        (unreachable))
      (catch $number)))

  (func (export "delegate") (param i32) (result i32)
    (try $outer (result i32)
      (do
        (try
          (do
            (try (do (call $throw_number (local.get 0))) (delegate $outer)))
          (catch_all (unreachable)))
        (unreachable))
      (catch $number)))

  (func (export "grow") (result i32)
    (try (result i32)
      (do
        (drop (memory.grow (i32.const 1)))
        (i32.store (i32.const 65536) (i32.const 77))
        (call $throw_number (i32.const 5))
        (unreachable))
      (catch $number
        (drop)
        (i32.add (i32.load (i32.const 65536)) (memory.size)))))

  ;; More exceptions than fit into memory at once, had nobody freed them.
  (func (export "many") (param $count i32) (result i32)
    (local $i i32)
    (loop $again
      (try
        (do (call $throw_other (i64.extend_i32_u (local.get $i)) (f64.const 0)))
        (catch_all))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $count))))
    (local.get $i))

  (func (export "uncaught") (try (do (call $throw_number (i32.const 1))) (catch $own (drop))))
  (func (export "trap") (try (do (unreachable)) (catch_all)))
  (func $recurse (call $recurse))
  (func (export "exhaust") (try (do (call $recurse)) (catch_all))))

(assert_return (invoke "ten-frames" (i32.const 10) (i32.const 42)) (i32.const 42))
(assert_return (invoke "ten-frames" (i32.const 10000) (i32.const 43)) (i32.const 43))
(assert_return (invoke "locals" (i32.const 1)) (i32.const 1001))
(assert_return (invoke "locals" (i32.const 2)) (i32.const 20002))
(assert_return (invoke "locals" (i32.const 3)) (i32.const 300003))
(assert_return (invoke "locals" (i32.const 5)) (i32.const 302005))
(assert_return (invoke "locals" (i32.const 99)) (i32.const 305))
(assert_return (invoke "nested" (i32.const 10)) (i32.const 5025))
(assert_return (invoke "payload" (i64.const 0x123456789abcdef) (f64.const 1.5)) (i64.const 0x123456789abcdef) (f64.const 1.5))
(assert_return (invoke "rethrow" (i32.const 8)) (i32.const 8))
(assert_return (invoke "delegate" (i32.const 9)) (i32.const 9))
(assert_return (invoke "grow") (i32.const 79))
(assert_return (invoke "many" (i32.const 100000)) (i32.const 100000))
(assert_exception (invoke "uncaught"))
(assert_trap (invoke "trap") "unreachable")
(assert_exhaustion (invoke "exhaust") "call stack exhausted")
