;; Loops whose 32-bit indices wrap around, or would if the access before had not trapped. The optimizer computes with 64 bits.
(module
  (memory 1)
  (data (i32.const 0) "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00\05\00\00\00\06\00\00\00\07\00\00\00\08\00\00\00")

  (func $grow (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))

  ;; The sum of $n words from $p on.
  (func (export "up") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; The index at which memory is read begins 8 bytes on.
  (func (export "up-ahead") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $p) (i32.const 8)))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Reads at $p + 8, leaves when $n is 0, and reads at $p.
  (func (export "ahead-then-here") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $p) (i32.const 8)))))
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
    (local.get $sum))

  ;; Reads only where $p is below 16, which it may be after wrapping around.
  (func (export "sometimes") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (if (i32.lt_u (local.get $p) (i32.const 16))
        (then (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Both at once, the higher first.
  (func (export "two") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $p) (i32.const 8)))))
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  (func (export "down") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; An offset, which does not wrap around, and a sum, which does.
  (func (export "down-offset") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load offset=16 (local.get $p))))
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "down-sum") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (i32.add (local.get $p) (i32.const 16)))))
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  ;; With an offset besides an access without.
  (func (export "down-both") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load offset=16 (local.get $p))))
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Steps of 64 KiB and more.
  (func (export "far") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 0x10000)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "farther") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 0xfffffffc)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))

(assert_return (invoke "up" (i32.const 0) (i32.const 8)) (i32.const 36))
(assert_return (invoke "up" (i32.const 0xfff0) (i32.const 4)) (i32.const 0))
(assert_trap (invoke "up" (i32.const 0xfff0) (i32.const 5)) "out of bounds memory access")
(assert_trap (invoke "up" (i32.const -4) (i32.const 3)) "out of bounds memory access")
(assert_trap (invoke "up" (i32.const -8) (i32.const 100)) "out of bounds memory access")
(assert_return (invoke "up-ahead" (i32.const -8) (i32.const 8)) (i32.const 36))
(assert_return (invoke "up-ahead" (i32.const -4) (i32.const 3)) (i32.const 9))
(assert_trap (invoke "up-ahead" (i32.const -12) (i32.const 3)) "out of bounds memory access")
(assert_return (invoke "ahead-then-here" (i32.const -8) (i32.const 0)) (i32.const 1))
(assert_trap (invoke "ahead-then-here" (i32.const -8) (i32.const 1)) "out of bounds memory access")
(assert_return (invoke "ahead-then-here" (i32.const 0) (i32.const 2)) (i32.const 15))
(assert_return (invoke "sometimes" (i32.const -16) (i32.const 20)) (i32.const 10))
(assert_return (invoke "sometimes" (i32.const -4) (i32.const 2)) (i32.const 1))
(assert_return (invoke "two" (i32.const 0) (i32.const 6)) (i32.const 54))
(assert_trap (invoke "two" (i32.const -8) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "two" (i32.const -8) (i32.const 50)) "out of bounds memory access")
(assert_return (invoke "down" (i32.const 28) (i32.const 8)) (i32.const 36))
(assert_trap (invoke "down" (i32.const 28) (i32.const 9)) "out of bounds memory access")
(assert_trap (invoke "down" (i32.const 2) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "down-offset" (i32.const 12) (i32.const 4)) (i32.const 26))
(assert_trap (invoke "down-offset" (i32.const 12) (i32.const 5)) "out of bounds memory access")
(assert_return (invoke "down-sum" (i32.const 12) (i32.const 8)) (i32.const 36))
(assert_trap (invoke "down-sum" (i32.const 12) (i32.const 9)) "out of bounds memory access")
(assert_return (invoke "down-both" (i32.const 12) (i32.const 4)) (i32.const 36))
(assert_trap (invoke "down-both" (i32.const 12) (i32.const 5)) "out of bounds memory access")
(assert_trap (invoke "down-both" (i32.const -4) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "far" (i32.const 0) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "farther" (i32.const 28) (i32.const 8)) (i32.const 36))
(assert_trap (invoke "farther" (i32.const 28) (i32.const 9)) "out of bounds memory access")

;; A memory that has all of 4 GiB from the start: nothing is known of its end.
(module
  (memory 65536)
  (data (i32.const 0) "\01\00\00\00\02\00\00\00")
  (func (export "up") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))
  (func (export "down") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
(assert_return (invoke "up" (i32.const -16) (i32.const 6)) (i32.const 3))
(assert_return (invoke "down" (i32.const 4) (i32.const 6)) (i32.const 3))

;; Its owner may be another module that says nothing of it.
(module $whole (memory (export "memory") 65536) (data (i32.const 0) "\01\00\00\00\02\00\00\00"))
(register "whole" $whole)
(module
  (memory (import "whole" "memory") 1)
  (func (export "up") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
(assert_return (invoke "up" (i32.const -16) (i32.const 6)) (i32.const 3))
