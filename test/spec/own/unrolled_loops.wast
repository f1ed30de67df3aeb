;; Loops of which the producer has written the body several times: the compiler may write it once, if nobody can tell.
(module
  (memory 1)
  ;; Word $i of memory is $i.
  (func (export "number") (local $i i32)
    (loop $next
      (i32.store (i32.shl (local.get $i) (i32.const 2)) (local.get $i))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 256)))))
  (func (export "at") (param i32) (result i32) (i32.load (local.get 0)))

  ;; to[i] = 3 * from[i] + i, two at a time.
  (func (export "alike") (param $to i32) (param $from i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store (local.get $to) (i32.add (i32.mul (i32.load (local.get $from)) (i32.const 3)) (local.get $i)))
      (i32.store (i32.add (local.get $to) (i32.const 4))
        (i32.add (i32.mul (i32.load (i32.add (local.get $from) (i32.const 4))) (i32.const 3))
                 (i32.add (local.get $i) (i32.const 1))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (i32.and (local.get $n) (i32.const -2))))))

  ;; The same with another factor for every second, and with other indices.
  (func (export "factors") (param $to i32) (param $from i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store (local.get $to) (i32.mul (i32.load (local.get $from)) (i32.const 3)))
      (i32.store (i32.add (local.get $to) (i32.const 4))
        (i32.mul (i32.load (i32.add (local.get $from) (i32.const 4))) (i32.const 5)))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (i32.and (local.get $n) (i32.const -2))))))
  (func (export "swapped") (param $to i32) (param $from i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store (local.get $to) (i32.load (i32.add (local.get $from) (i32.const 4))))
      (i32.store (i32.add (local.get $to) (i32.const 4)) (i32.load (local.get $from)))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (i32.and (local.get $n) (i32.const -2))))))

  ;; Both loads come before both stores, which may be to what the second one reads.
  (func (export "loads-first") (param $to i32) (param $from i32) (param $n i32) (local $i i32) (local $a i32) (local $b i32)
    (loop $next
      (local.set $a (i32.load (local.get $from)))
      (local.set $b (i32.load (i32.add (local.get $from) (i32.const 4))))
      (i32.store (local.get $to) (local.get $a))
      (i32.store (i32.add (local.get $to) (i32.const 4)) (local.get $b))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (i32.and (local.get $n) (i32.const -2))))))

  ;; Sums of words, and what comes of their order; the pointer and the last word are used afterwards.
  (func (export "hash") (param $p i32) (param $n i32) (result i32) (local $h i32) (local $last i32)
    (loop $next
      (local.set $h (i32.mul (i32.xor (local.get $h) (i32.load (local.get $p))) (i32.const 31)))
      (local.set $last (i32.load (i32.add (local.get $p) (i32.const 4))))
      (local.set $h (i32.mul (i32.xor (local.get $h) (local.get $last)) (i32.const 31)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.add (i32.add (local.get $h) (local.get $p)) (local.get $last)))
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $p))))
      (local.set $sum (i32.add (local.get $sum) (i32.load offset=4 (local.get $p))))
      (local.set $sum (i32.add (local.get $sum) (i32.load offset=8 (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 12)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Two at a time until $i is $n, which it never is if the one is even and the other odd: then only the end of memory stops it.
  (func (export "until") (param $p i32) (param $i i32) (param $n i32)
    (loop $next
      (i32.store (local.get $p) (i32.add (i32.load (local.get $p)) (i32.const 1)))
      (i32.store offset=4 (local.get $p) (i32.add (i32.load offset=4 (local.get $p)) (i32.const 1)))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (local.get $n)))))

  ;; An index that has its lowest bit set with `or`, which is a sum for even ones only.
  (func (export "or") (param $to i32) (param $n i32) (local $i i32)
    (loop $next
      (i32.store (local.get $to) (i32.or (local.get $i) (i32.const 1)))
      (i32.store (i32.add (local.get $to) (i32.const 4)) (i32.add (i32.or (local.get $i) (i32.const 1)) (i32.const 1)))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (i32.and (local.get $n) (i32.const -2))))))

  ;; The neighbor before is kept from iteration to iteration.
  (func (export "neighbors") (param $to i32) (param $from i32) (param $n i32) (local $i i32) (local $a i32) (local $b i32)
    (local.set $a (i32.load (local.get $from)))
    (loop $next
      (local.set $b (i32.load offset=4 (local.get $from)))
      (i32.store (local.get $to) (i32.sub (local.get $b) (i32.mul (local.get $a) (i32.const 7))))
      (local.set $a (i32.load offset=8 (local.get $from)))
      (i32.store offset=4 (local.get $to) (i32.sub (local.get $a) (i32.mul (local.get $b) (i32.const 7))))
      (local.set $to (i32.add (local.get $to) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.const 8)))
      (br_if $next (i32.ne (local.tee $i (i32.add (local.get $i) (i32.const 2))) (i32.and (local.get $n) (i32.const -2)))))))

(invoke "number")
(invoke "alike" (i32.const 0x1000) (i32.const 0) (i32.const 64))
(assert_return (invoke "at" (i32.const 0x1000)) (i32.const 0))
(assert_return (invoke "at" (i32.const 0x1004)) (i32.const 4))
(assert_return (invoke "at" (i32.const 0x10fc)) (i32.const 252))
(assert_return (invoke "at" (i32.const 0x1100)) (i32.const 0))
(invoke "alike" (i32.const 0x2000) (i32.const 4) (i32.const 2))
(assert_return (invoke "at" (i32.const 0x2004)) (i32.const 7))
(assert_return (invoke "at" (i32.const 0x2008)) (i32.const 0))
;; Each element becomes three times the one before, and its index.
(invoke "alike" (i32.const 4) (i32.const 0) (i32.const 8))
(assert_return (invoke "at" (i32.const 8)) (i32.const 1))
(assert_return (invoke "at" (i32.const 12)) (i32.const 5))
(assert_return (invoke "at" (i32.const 32)) (i32.const 1636))
(invoke "number")
(invoke "factors" (i32.const 0x1000) (i32.const 0) (i32.const 64))
(assert_return (invoke "at" (i32.const 0x1080)) (i32.const 96))
(assert_return (invoke "at" (i32.const 0x1084)) (i32.const 165))
(invoke "swapped" (i32.const 0x1000) (i32.const 0) (i32.const 64))
(assert_return (invoke "at" (i32.const 0x1080)) (i32.const 33))
(assert_return (invoke "at" (i32.const 0x1084)) (i32.const 32))
(invoke "loads-first" (i32.const 4) (i32.const 0) (i32.const 8))
(assert_return (invoke "at" (i32.const 4)) (i32.const 0))
(assert_return (invoke "at" (i32.const 8)) (i32.const 1))
(assert_return (invoke "at" (i32.const 12)) (i32.const 1))
(assert_return (invoke "at" (i32.const 16)) (i32.const 3))
(assert_return (invoke "at" (i32.const 32)) (i32.const 7))
(invoke "number")
(assert_return (invoke "hash" (i32.const 4) (i32.const 2)) (i32.const 861204))
(assert_return (invoke "sum" (i32.const 4) (i32.const 33)) (i32.const 4950))
(assert_trap (invoke "sum" (i32.const 0xfff8) (i32.const 1)) "out of bounds memory access")
(invoke "or" (i32.const 0x1000) (i32.const 64))
(assert_return (invoke "at" (i32.const 0x1000)) (i32.const 1))
(assert_return (invoke "at" (i32.const 0x1004)) (i32.const 2))
(assert_return (invoke "at" (i32.const 0x1008)) (i32.const 3))
(assert_return (invoke "at" (i32.const 0x100c)) (i32.const 4))
(invoke "neighbors" (i32.const 0x1000) (i32.const 0) (i32.const 64))
(assert_return (invoke "at" (i32.const 0x1000)) (i32.const 1))
(assert_return (invoke "at" (i32.const 0x1004)) (i32.const -5))
(assert_return (invoke "at" (i32.const 0x10fc)) (i32.const -377))
(invoke "number")
(invoke "until" (i32.const 0) (i32.const 7) (i32.const 13))
(assert_return (invoke "at" (i32.const 20)) (i32.const 6))
(assert_return (invoke "at" (i32.const 24)) (i32.const 6))
(assert_trap (invoke "until" (i32.const 0) (i32.const 6) (i32.const 13)) "out of bounds memory access")
(assert_trap (invoke "until" (i32.const 0) (i32.const 6) (i32.const 6)) "out of bounds memory access")
