;; Comparisons of two ranges, and searches downwards, that are done in vectors: all distances of the two to a page's end, matches
;; before, in and behind the vectors, ends of memory where only one range ends, and elements of two iterations in one comparison.

(module
  (memory 2)

  ;; memcmp: how many bytes are equal of $n.
  (func $equal (export "equal") (param $p i32) (param $q i32) (param $n i32) (result i32) (local $start i32)
    (local.set $start (local.get $p))
    (block $found
      (br_if $found (i32.eqz (local.get $n)))
      (loop $next
        (br_if $found (i32.ne (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (i32.sub (local.get $p) (local.get $start)))

  ;; strcmp: the byte of $q is loaded only if that of $p is not 0.
  (func $string (export "string") (param $p i32) (param $q i32) (result i32) (local $start i32) (local $byte i32)
    (local.set $start (local.get $p))
    (block $found
      (loop $next
        (br_if $found (i32.eqz (local.tee $byte (i32.load8_u (local.get $p)))))
        (br_if $found (i32.ne (local.get $byte) (i32.load8_u (local.get $q))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $p) (local.get $start)))

  ;; strncmp, with the first range's byte an iteration ahead, and three exits in one condition.
  (func $ahead (export "ahead") (param $p i32) (param $q i32) (param $n i32) (result i32)
    (local $start i32) (local $byte i32) (local $other i32)
    (local.set $start (local.get $p))
    (block $found
      (br_if $found (i32.eqz (local.tee $byte (i32.load8_u (local.get $p)))))
      (loop $next
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (local.set $other (i32.load8_u (local.get $q)))
        (br_if $found
          (i32.eqz (i32.and (i32.and (i32.ne (local.get $n) (i32.const 0)) (i32.ne (local.get $other) (i32.const 0)))
                            (i32.eq (local.get $byte) (local.get $other)))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (br_if $next (local.tee $byte (i32.load8_u (local.get $p))))))
    (i32.sub (local.get $p) (local.get $start)))

  ;; The number of the last bytes that are equal, of $n before $p and $q.
  (func $back (export "back") (param $p i32) (param $q i32) (param $n i32) (result i32) (local $start i32)
    (local.set $start (local.get $p))
    (block $found
      (loop $next
        (br_if $found (i32.eqz (local.get $n)))
        (local.set $p (i32.sub (local.get $p) (i32.const 1)))
        (local.set $q (i32.sub (local.get $q) (i32.const 1)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $next (i32.eq (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q)))))
      (return (i32.sub (i32.sub (local.get $start) (local.get $p)) (i32.const 1))))
    (i32.sub (local.get $start) (local.get $p)))

  ;; memrchr: the last 2 of $n bytes from $p on, or -1.
  (func $last (export "last") (param $p i32) (param $n i32) (result i32)
    (block $none
      (loop $next
        (br_if $none (i32.eqz (local.get $n)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $next (i32.ne (i32.load8_u (i32.add (local.get $p) (local.get $n))) (i32.const 2))))
      (return (local.get $n)))
    (i32.const -1))

  ;; Words, of which the first range's are aligned.
  (func $words (export "words") (param $p i32) (param $q i32) (result i32) (local $start i32)
    (local.set $start (local.get $p))
    (block $found
      (loop $next
        (br_if $found (i32.ne (i32.load (local.get $p)) (i32.load (local.get $q))))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (local.set $q (i32.add (local.get $q) (i32.const 4)))
        (br $next)))
    (i32.sub (local.get $p) (local.get $start)))

  ;; Three ranges that are equal.
  (func $three (export "three") (param $p i32) (param $q i32) (param $r i32) (result i32) (local $start i32) (local $byte i32)
    (local.set $start (local.get $p))
    (block $found
      (loop $next
        (br_if $found (i32.ne (local.tee $byte (i32.load8_u (local.get $p))) (i32.load8_u (local.get $q))))
        (br_if $found (i32.ne (local.get $byte) (i32.load8_u (local.get $r))))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (local.set $r (i32.add (local.get $r) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $p) (local.get $start)))

  ;; Words are not less than the one before: of each word's vector, both would be the same.
  (func (export "ascends") (param $p i32) (result i32) (local $word i32) (local $before i32)
    (local.set $word (i32.load (local.get $p)))
    (loop $next
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $before (local.get $word))
      (br_if $next (i32.ge_u (local.tee $word (i32.load (local.get $p))) (local.get $before))))
    (local.get $p))

  ;; The last byte that was loaded at $p, which nothing depends on in the loop, when $n are done or one at $q is 2.
  (func (export "unseen") (param $p i32) (param $q i32) (param $n i32) (result i32) (local $byte i32)
    (block $found
      (loop $next
        (local.set $byte (i32.load8_u (local.get $p)))
        (br_if $found (i32.eq (i32.load8_u (local.get $q)) (i32.const 2)))
        (local.set $p (i32.add (local.get $p) (i32.const 1)))
        (local.set $q (i32.add (local.get $q) (i32.const 1)))
        (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
    (local.get $byte))

  (func (export "fill") (param $p i32) (param $n i32) (param $byte i32)
    (memory.fill (local.get $p) (local.get $byte) (local.get $n)))
  (func (export "set") (param $p i32) (param $byte i32)
    (i32.store8 (local.get $p) (local.get $byte)))

  (func $expect (param $found i32) (param $n i32)
    (if (i32.ne (local.get $found) (local.get $n)) (then (unreachable))))

  ;; All of them with ranges that begin at $p and $q and differ after $n bytes; memory is 1.
  (func $all (param $p i32) (param $q i32) (param $n i32) (local $end i32)
    (local.set $end (i32.add (local.get $q) (local.get $n)))
    (i32.store8 (local.get $end) (i32.const 2))
    (call $expect (call $equal (local.get $p) (local.get $q) (i32.const 600)) (local.get $n))
    (call $expect (call $equal (local.get $p) (local.get $q) (local.get $n)) (local.get $n))
    (call $expect (call $equal (local.get $p) (local.get $q) (i32.shr_u (local.get $n) (i32.const 1))) (i32.shr_u (local.get $n) (i32.const 1)))
    (call $expect (call $string (local.get $p) (local.get $q)) (local.get $n))
    (call $expect (call $string (local.get $q) (local.get $p)) (local.get $n))
    (call $expect (call $ahead (local.get $p) (local.get $q) (i32.const 600)) (local.get $n))
    (call $expect (call $three (local.get $p) (local.get $q) (local.get $p)) (local.get $n))
    (call $expect (call $three (local.get $p) (i32.const 0x1A000) (local.get $q)) (local.get $n))
    (call $expect (call $words (i32.and (local.get $p) (i32.const -4)) (local.get $q)) (i32.and (local.get $n) (i32.const -4)))
    (call $expect (call $last (local.get $q) (i32.const 600)) (local.get $n))
    (call $expect (call $last (local.get $q) (local.get $n)) (i32.const -1))
    ;; Backwards, from as many bytes behind.
    (local.set $p (i32.add (local.get $p) (i32.shl (local.get $n) (i32.const 1))))
    (call $expect
      (call $back (i32.add (local.get $p) (i32.const 1)) (i32.add (i32.add (local.get $end) (local.get $n)) (i32.const 1)) (i32.const 600))
      (local.get $n))
    (call $expect
      (call $back (i32.add (local.get $p) (i32.const 1)) (i32.add (i32.add (local.get $end) (local.get $n)) (i32.const 1))
                  (i32.shr_u (local.get $n) (i32.const 1)))
      (i32.shr_u (local.get $n) (i32.const 1)))
    (i32.store8 (local.get $end) (i32.const 1)))

  ;; The beginning of a range before a page's end, relative to the other's, for lengths up to four vectors.
  (func (export "check") (param $p i32) (local $q i32) (local $n i32)
    (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x20000))
    (local.set $q (i32.const 0x4FA8))
    (loop $starts
      (local.set $n (i32.const 0))
      (loop $lengths
        (call $all (local.get $p) (local.get $q) (local.get $n))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if $lengths (i32.lt_u (local.get $n) (i32.const 90))))
      (local.set $q (i32.add (local.get $q) (i32.const 3)))
      (br_if $starts (i32.lt_u (local.get $q) (i32.const 0x5010))))))

(assert_return (invoke "check" (i32.const 0x8000)))
(assert_return (invoke "check" (i32.const 0x8001)))
(assert_return (invoke "check" (i32.const 0x800F)))
(assert_return (invoke "check" (i32.const 0x8FE6)))
(assert_return (invoke "check" (i32.const 0x8FD3)))

;; Several pages, both ways.
(assert_return (invoke "fill" (i32.const 0) (i32.const 0x20000) (i32.const 1)))
(assert_return (invoke "set" (i32.const 0x9000) (i32.const 2)))
(assert_return (invoke "equal" (i32.const 0x10) (i32.const 0x1001) (i32.const 0x10000)) (i32.const 0x7FFF))
(assert_return (invoke "equal" (i32.const 0x1001) (i32.const 0x10) (i32.const 0x10000)) (i32.const 0x7FFF))
(assert_return (invoke "equal" (i32.const 0x1001) (i32.const 0x10) (i32.const 0x7FFE)) (i32.const 0x7FFE))
(assert_return (invoke "string" (i32.const 0x2000) (i32.const 0x1001)) (i32.const 0x7000))
(assert_return (invoke "ahead" (i32.const 0x2000) (i32.const 0x1001) (i32.const -1)) (i32.const 0x7000))
(assert_return (invoke "back" (i32.const 0x10003) (i32.const 0x20000) (i32.const 0xF000)) (i32.const 0x7002))
(assert_return (invoke "back" (i32.const 0x20000) (i32.const 0x10003) (i32.const 0xF000)) (i32.const 0x7002))
(assert_return (invoke "last" (i32.const 7) (i32.const 0x1FFF9)) (i32.const 0x8FF9))

;; To the last byte of memory in either range, and past it; a difference or an end of the other range before that.
(assert_return (invoke "set" (i32.const 0x9000) (i32.const 1)))
(assert_return (invoke "equal" (i32.const 0x1F001) (i32.const 0x100) (i32.const 0xFFF)) (i32.const 0xFFF))
(assert_return (invoke "equal" (i32.const 0x100) (i32.const 0x1F001) (i32.const 0xFFF)) (i32.const 0xFFF))
(assert_trap (invoke "equal" (i32.const 0x1F001) (i32.const 0x100) (i32.const 0x1000)) "out of bounds memory access")
(assert_trap (invoke "equal" (i32.const 0x100) (i32.const 0x1F001) (i32.const 0x1000)) "out of bounds memory access")
(assert_trap (invoke "equal" (i32.const 0x100) (i32.const 0x1FFF1) (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "string" (i32.const 0x100) (i32.const 0x1F001)) "out of bounds memory access")
(assert_trap (invoke "string" (i32.const 0x1F001) (i32.const 0x100)) "out of bounds memory access")
(assert_trap (invoke "words" (i32.const 0x100) (i32.const 0x1F001)) "out of bounds memory access")
(assert_trap (invoke "words" (i32.const 0x1F004) (i32.const 0x101)) "out of bounds memory access")
(assert_trap (invoke "three" (i32.const 0x100) (i32.const 0x200) (i32.const 0x1F001)) "out of bounds memory access")
(assert_trap (invoke "back" (i32.const 0x1005) (i32.const 0x2000) (i32.const 0x1006)) "out of bounds memory access")
(assert_trap (invoke "back" (i32.const 0x2000) (i32.const 0x1005) (i32.const 0x1006)) "out of bounds memory access")
(assert_return (invoke "back" (i32.const 0x2000) (i32.const 0x1005) (i32.const 0x1005)) (i32.const 0x1005))
(assert_return (invoke "last" (i32.const 0) (i32.const 0x20000)) (i32.const -1))
(assert_trap (invoke "last" (i32.const 1) (i32.const 0x20000)) "out of bounds memory access")
(assert_return (invoke "unseen" (i32.const 0x1FF80) (i32.const 0x100) (i32.const 0x80)) (i32.const 1))
(assert_trap (invoke "unseen" (i32.const 0x1FF80) (i32.const 0x100) (i32.const 0x81)) "out of bounds memory access")
(assert_trap (invoke "unseen" (i32.const 0x100) (i32.const 0x1FF80) (i32.const 0x81)) "out of bounds memory access")
(assert_trap (invoke "unseen" (i32.const 0x1FF80) (i32.const 0x100) (i32.const 0)) "out of bounds memory access")

;; The string ends with the byte before the other range's next, which is past memory.
(assert_return (invoke "set" (i32.const 0x10FF) (i32.const 0)))
(assert_return (invoke "string" (i32.const 0x100) (i32.const 0x1F001)) (i32.const 0xFFF))
(assert_return (invoke "ahead" (i32.const 0x100) (i32.const 0x1F001) (i32.const -1)) (i32.const 0xFFF))
(assert_trap (invoke "string" (i32.const 0x100) (i32.const 0x1F002)) "out of bounds memory access")
(assert_trap (invoke "ahead" (i32.const 0x100) (i32.const 0x1F002) (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "ahead" (i32.const 0x100) (i32.const 0x1F002) (i32.const 0xFFE)) (i32.const 0xFFD))

(assert_return (invoke "fill" (i32.const 0x100) (i32.const 0x100) (i32.const 3)))
(assert_return (invoke "set" (i32.const 0x183) (i32.const 2)))
(assert_return (invoke "ascends" (i32.const 0x100)) (i32.const 0x180))

;; 64-bit addresses.
(module
  (memory i64 2)
  (func (export "equal") (param $p i64) (param $q i64) (param $n i64) (result i64) (local $start i64)
    (local.set $start (local.get $p))
    (block $found
      (loop $next
        (br_if $found (i64.eqz (local.get $n)))
        (br_if $found (i32.ne (i32.load8_u (local.get $p)) (i32.load8_u (local.get $q))))
        (local.set $p (i64.add (local.get $p) (i64.const 1)))
        (local.set $q (i64.add (local.get $q) (i64.const 1)))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br $next)))
    (i64.sub (local.get $p) (local.get $start)))
  (func (export "set") (param $p i64) (param $byte i32)
    (i32.store8 (local.get $p) (local.get $byte))))

(assert_return (invoke "equal" (i64.const 0x101) (i64.const 0x1F00F) (i64.const 0xFF1)) (i64.const 0xFF1))
(assert_trap (invoke "equal" (i64.const 0x101) (i64.const 0x1F00F) (i64.const 0xFF2)) "out of bounds memory access")
(assert_trap (invoke "equal" (i64.const 0x1F00F) (i64.const 0x101) (i64.const -1)) "out of bounds memory access")
(assert_trap (invoke "equal" (i64.const 0xFFFFFFFFFFFFFFC0) (i64.const 0x101) (i64.const -1)) "out of bounds memory access")
(assert_return (invoke "set" (i64.const 0x10F1) (i32.const 1)))
(assert_return (invoke "equal" (i64.const 0x101) (i64.const 0x1F00F) (i64.const 0xFF2)) (i64.const 0xFF0))
