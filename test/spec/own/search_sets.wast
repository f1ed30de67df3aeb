;; Searches for the end of a run of bytes that are in a set, done in vectors: each byte, as the first that may not be in it.

(module
  (memory 1)
  (type $isIn (func (param i32) (result i32)))
  (type $search (func (param i32) (result i32)))
  (table funcref (elem $isSpace $spaces $isLow $lows $isWord $words $isFar $fars))

  ;; Below 33 and a bit of a constant.
  (func $isSpace (type $isIn)
    (i32.and (i32.le_u (i32.sub (local.get 0) (i32.const 9)) (i32.const 23))
             (i32.ne (i32.and (i32.shl (i32.const 1) (i32.sub (local.get 0) (i32.const 9))) (i32.const 0x800013)) (i32.const 0))))
  (func $spaces (type $search) (local $byte i32)
    (loop $next
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (local.set $byte (i32.load8_u (local.get 0)))
      (br_if $next
        (i32.and (i32.le_u (i32.sub (local.get $byte) (i32.const 9)) (i32.const 23))
                 (i32.ne (i32.and (i32.shl (i32.const 1) (i32.sub (local.get $byte) (i32.const 9))) (i32.const 0x800013)) (i32.const 0)))))
    (local.get 0))

  ;; A shift takes its number modulo 32.
  (func $isLow (type $isIn) (i32.and (i32.shr_u (i32.const 0x30000101) (local.get 0)) (i32.const 1)))
  (func $lows (type $search)
    (loop $next
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if $next (i32.and (i32.shr_u (i32.const 0x30000101) (i32.load8_u (local.get 0))) (i32.const 1))))
    (local.get 0))

  ;; Letters of both cases, digits and spaces.
  (func $isWord (type $isIn)
    (i32.or (i32.or (i32.lt_u (i32.sub (i32.or (local.get 0) (i32.const 32)) (i32.const 97)) (i32.const 26))
                    (i32.lt_u (i32.sub (local.get 0) (i32.const 48)) (i32.const 10)))
            (i32.eq (local.get 0) (i32.const 32))))
  (func $words (type $search) (local $byte i32)
    (loop $next
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (local.set $byte (i32.load8_u (local.get 0)))
      (br_if $next
        (i32.or (i32.or (i32.lt_u (i32.sub (i32.or (local.get $byte) (i32.const 32)) (i32.const 97)) (i32.const 26))
                        (i32.lt_u (i32.sub (local.get $byte) (i32.const 48)) (i32.const 10)))
                (i32.eq (local.get $byte) (i32.const 32)))))
    (local.get 0))

  ;; A bit of 64 for each signed byte: a range that goes on from 255 with 0.
  (func $isFar (type $isIn)
    (i64.ne (i64.const 0)
      (i64.and (i64.const 0xF00000010000000F) (i64.shl (i64.const 1) (i64.extend_i32_s (i32.extend8_s (local.get 0)))))))
  (func $fars (type $search)
    (loop $next
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if $next
        (i64.ne (i64.const 0)
          (i64.and (i64.const 0xF00000010000000F) (i64.shl (i64.const 1) (i64.load8_s (local.get 0)))))))
    (local.get 0))

  ;; The first byte that test and search number $which do not agree on, or 256. Bytes are 32, and 23 at the end, before one to look at.
  (func (export "check") (param $which i32) (result i32) (local $byte i32) (local $wanted i32)
    (memory.fill (i32.const 0) (i32.const 32) (i32.const 200))
    (i32.store8 (i32.const 200) (i32.const 23))
    (block $done
      (loop $next
        (i32.store8 (i32.const 121) (local.get $byte))
        (local.set $wanted
          (select (i32.const 200) (i32.const 121) (call_indirect (type $isIn) (local.get $byte) (local.get $which))))
        (br_if $done
          (i32.ne (call_indirect (type $search) (i32.const 64) (i32.add (local.get $which) (i32.const 1))) (local.get $wanted)))
        (br_if $next (i32.lt_u (local.tee $byte (i32.add (local.get $byte) (i32.const 1))) (i32.const 256)))))
    (local.get $byte)))

(assert_return (invoke "check" (i32.const 0)) (i32.const 256))
(assert_return (invoke "check" (i32.const 2)) (i32.const 256))
(assert_return (invoke "check" (i32.const 4)) (i32.const 256))
(assert_return (invoke "check" (i32.const 6)) (i32.const 256))
