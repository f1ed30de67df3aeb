;; Searches that are done in vectors: every alignment and length, matches just before and past a bound, ends of memory, and loops
;; that look like searches and are not. An index that wraps around is test/lit/run/search-wraps.wat, as it takes 4 GiB.

(module
  (memory 1)
  (type $search (func (param i32) (result i32)))
  (table funcref (elem $plain $rotated $word $bounded $short $both $three $stays))

  ;; The first byte that is 0, from $p on.
  (func $plain (export "plain") (type $search) (local $p i32)
    (local.set $p (local.get 0))
    (block $found
      (loop $next
        (br_if $found (i32.eqz (i32.load8_u (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $p))

  ;; The same with the byte loaded an iteration before one of its tests; no byte is 2.
  (func $rotated (export "rotated") (type $search) (local $p i32) (local $byte i32)
    (local.set $p (local.get 0))
    (block $found
      (br_if $found (i32.eqz (local.tee $byte (i32.load8_u (local.get $p)))))
      (loop $next
        (br_if $found (i32.eq (local.get $byte) (i32.const 2)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br_if $next (local.tee $byte (i32.load8_u (local.get $p))))))
    (local.get $p))

  ;; As C libraries do it: whole words while none of their bytes is 0.
  (func $word (export "word") (type $search) (local $p i32) (local $word i32)
    (local.set $p (local.get 0))
    (block $found
      (block $aligned
        (loop $next
          (br_if $aligned (i32.eqz (i32.and (local.get $p) (i32.const 3))))
          (br_if $found (i32.eqz (i32.load8_u (local.get $p))))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (br $next)))
      (local.set $p (i32.sub (local.get $p) (i32.const 4)))
      (loop $next
        (local.set $word (i32.load (local.tee $p (i32.add (local.get $p) (i32.const 4)))))
        (br_if $next
          (i32.eqz (i32.and (i32.and (i32.sub (local.get $word) (i32.const 0x01010101))
                                     (i32.xor (local.get $word) (i32.const -1)))
                            (i32.const 0x80808080)))))
      (local.set $p (i32.sub (local.get $p) (i32.const 1)))
      (loop $next
        (br_if $next (i32.load8_u (local.tee $p (i32.add (local.get $p) (i32.const 1)))))))
    (local.get $p))

  ;; The first $byte below $end, or $end.
  (func $find (export "find") (param $p i32) (param $end i32) (param $byte i32) (result i32)
    (block $found
      (loop $next
        (br_if $found (i32.eq (local.get $p) (local.get $end)))
        (br_if $found (i32.eq (i32.load8_u (local.get $p)) (local.get $byte)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $p))
  (func $bounded (type $search)
    (call $find (local.get 0) (i32.const 300) (i32.const 0)))

  ;; The first 16 bits, $p being even, that are not 0x0101; two further counters.
  (func $halves (param $p i32) (param $down i32) (param $up i64) (result i32 i32 i64)
    (loop $next
      (local.set $down (i32.sub (local.get $down) (i32.const 3)))
      (local.set $up (i64.add (local.get $up) (i64.const 0x100000000)))
      (local.set $p (i32.add (local.get $p) (i32.const 2)))
      (br_if $next (i32.eq (i32.load16_u offset=6 (local.get $p)) (i32.const 0x0101))))
    (local.get $p) (local.get $down) (local.get $up))
  (func (export "halves") (param i32) (result i32)
    (call $halves (local.get 0) (i32.const 0) (i64.const 0))
    (drop) (drop))
  (func $short (type $search) (local $p i32) (local $down i32) (local $up i64)
    (local.set $p (i32.add (local.get 0) (i32.and (local.get 0) (i32.const 1))))
    (call $halves (i32.sub (local.get $p) (i32.const 8)) (i32.const 1000) (i64.const 0))
    (local.set $up) (local.set $down) (local.set $p)
    (if (i32.or (i32.ne (i32.mul (i32.wrap_i64 (i64.shr_u (local.get $up) (i64.const 32))) (i32.const 3))
                        (i32.sub (i32.const 1000) (local.get $down)))
                (i32.lt_u (i32.add (local.get $p) (i32.const 6)) (local.get 0)))
      (then (return (i32.const -1))))
    ;; Back to the byte.
    (local.set $p (i32.add (local.get $p) (i32.const 6)))
    (i32.add (local.get $p) (i32.ne (i32.load8_u (local.get $p)) (i32.const 0))))

  ;; Two tests of one byte, of which the second would be out of range where the first holds.
  (func $both (type $search) (local $p i32) (local $byte i32)
    (local.set $p (local.get 0))
    (block $found
      (loop $next
        (br_if $found (i32.lt_u (local.tee $byte (i32.load8_u (local.get $p))) (i32.const 1)))
        (br_if $found (i32.and (i32.shl (i32.const 1) (i32.sub (i32.const 0) (local.get $byte))) (i32.const 1)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $p))

  ;; One of three bytes, which the optimizer makes a switch.
  (func $three (type $search) (local $p i32) (local $byte i32)
    (local.set $p (local.get 0))
    (block $found
      (loop $next
        (br_if $found (i32.eqz (local.tee $byte (i32.load8_u (local.get $p)))))
        (br_if $found (i32.eq (local.get $byte) (i32.const 7)))
        (br_if $found (i32.eq (local.get $byte) (i32.const 90)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $p))

  ;; As long as it is one of three.
  (func $stays (type $search) (local $p i32)
    (local.set $p (local.get 0))
    (loop $next
      (block $found
        (block $again
          (br_table $found $again $found $found $found $found $found $again $again $found (i32.load8_u (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $p))

  ;; 0, or 1000 times the start and the end that a search does not find from there.
  (func (export "check") (param $search i32) (result i32) (local $start i32) (local $end i32)
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 400))
    (local.set $start (i32.const 32))
    (loop $starts
      (local.set $end (local.get $start))
      (loop $ends
        (i32.store8 (local.get $end) (i32.const 0))
        (if (i32.ne (call_indirect (type $search) (local.get $start) (local.get $search)) (local.get $end))
          ;; Halves see an end only from the even address after the start.
          (then (if (i32.or (i32.ne (local.get $search) (i32.const 4))
                            (i32.ne (local.get $start) (local.get $end)))
            (then (return (i32.add (i32.mul (local.get $start) (i32.const 1000)) (local.get $end)))))))
        (i32.store8 (local.get $end) (i32.const 1))
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br_if $ends (i32.lt_u (local.get $end) (i32.add (local.get $start) (i32.const 150)))))
      (local.set $start (i32.add (local.get $start) (i32.const 1)))
      (br_if $starts (i32.lt_u (local.get $start) (i32.const 100))))
    (i32.const 0))

  (func (export "fill") (param $p i32) (param $n i32) (param $byte i32)
    (memory.fill (local.get $p) (local.get $byte) (local.get $n)))

  ;; Like a search, and writes what it passes.
  (func (export "writes") (param $p i32) (result i32)
    (block $found
      (loop $next
        (br_if $found (i32.eqz (i32.load8_u (local.get $p))))
        (i32.store8 offset=40 (local.get $p) (i32.const 0))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (br $next)))
    (local.get $p))

  ;; Every second byte.
  (func (export "strides") (param $p i32) (result i32)
    (block $found
      (loop $next
        (br_if $found (i32.eqz (i32.load8_u (local.get $p))))
        (local.set $p (i32.add (local.get $p) (i32.const 2)))
        (br $next)))
    (local.get $p)))

(assert_return (invoke "check" (i32.const 0)) (i32.const 0))
(assert_return (invoke "check" (i32.const 1)) (i32.const 0))
(assert_return (invoke "check" (i32.const 2)) (i32.const 0))
(assert_return (invoke "check" (i32.const 3)) (i32.const 0))
(assert_return (invoke "check" (i32.const 4)) (i32.const 0))
(assert_return (invoke "check" (i32.const 5)) (i32.const 0))
(assert_return (invoke "check" (i32.const 6)) (i32.const 0))
(assert_return (invoke "check" (i32.const 7)) (i32.const 0))

;; To the last byte of memory, and past it.
(assert_return (invoke "fill" (i32.const 0x8000) (i32.const 0x8000) (i32.const 1)))
(assert_trap (invoke "plain" (i32.const 0xF000)) "out of bounds memory access")
(assert_trap (invoke "plain" (i32.const 0xFFF1)) "out of bounds memory access")
(assert_trap (invoke "plain" (i32.const 0x10000)) "out of bounds memory access")
(assert_trap (invoke "rotated" (i32.const 0xF001)) "out of bounds memory access")
(assert_trap (invoke "word" (i32.const 0xF001)) "out of bounds memory access")
(assert_trap (invoke "halves" (i32.const 0xF000)) "out of bounds memory access")
(assert_trap (invoke "halves" (i32.const 0xF001)) "out of bounds memory access")
(assert_return (invoke "fill" (i32.const 0xFFFF) (i32.const 1) (i32.const 0)))
(assert_return (invoke "plain" (i32.const 0xF001)) (i32.const 0xFFFF))
(assert_return (invoke "rotated" (i32.const 0xF001)) (i32.const 0xFFFF))
(assert_return (invoke "word" (i32.const 0xF001)) (i32.const 0xFFFF))
(assert_trap (invoke "plain" (i32.const -1)) "out of bounds memory access")

;; Bounds: at the end of memory, before and past a match, behind the start.
(assert_return (invoke "find" (i32.const 0xF001) (i32.const 0x10000) (i32.const 2)) (i32.const 0x10000))
(assert_return (invoke "find" (i32.const 0xF001) (i32.const 0x10000) (i32.const 0)) (i32.const 0xFFFF))
(assert_return (invoke "find" (i32.const 0xF001) (i32.const 0xFFFF) (i32.const 0)) (i32.const 0xFFFF))
(assert_return (invoke "find" (i32.const 0xF001) (i32.const 0xFFF3) (i32.const 0)) (i32.const 0xFFF3))
(assert_return (invoke "find" (i32.const 0xF001) (i32.const 0xF000) (i32.const 0)) (i32.const 0xFFFF))
(assert_trap (invoke "find" (i32.const 0xF001) (i32.const 0x10001) (i32.const 2)) "out of bounds memory access")
(assert_trap (invoke "find" (i32.const 0xF001) (i32.const 0xF000) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "find" (i32.const 0x10000) (i32.const 0x10000) (i32.const 2)) (i32.const 0x10000))

(assert_return (invoke "fill" (i32.const 0x100) (i32.const 0x200) (i32.const 1)))
(assert_return (invoke "writes" (i32.const 0x101)) (i32.const 0x129))
(assert_return (invoke "fill" (i32.const 0x100) (i32.const 0x200) (i32.const 1)))
(assert_return (invoke "fill" (i32.const 0x141) (i32.const 1) (i32.const 0)))
(assert_return (invoke "fill" (i32.const 0x160) (i32.const 1) (i32.const 0)))
(assert_return (invoke "strides" (i32.const 0x100)) (i32.const 0x160))

;; 64-bit addresses.
(module
  (memory i64 1)
  (data (i64.const 100) "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
  (data (i64.const 0xFF80)
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
  (func (export "find") (param $p i64) (result i64)
    (block $found
      (loop $next
        (br_if $found (i32.ne (i32.load8_u (local.get $p)) (i32.const 65)))
        (local.set $p (i64.add (local.get $p) (i64.const 1)))
        (br $next)))
    (local.get $p)))

(assert_return (invoke "find" (i64.const 101)) (i64.const 177))
(assert_return (invoke "find" (i64.const 177)) (i64.const 177))
(assert_trap (invoke "find" (i64.const 0xFF85)) "out of bounds memory access")
(assert_trap (invoke "find" (i64.const 0xFFFFFFFFFFFFFFF0)) "out of bounds memory access")
