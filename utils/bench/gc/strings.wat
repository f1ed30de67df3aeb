;; Strings of UTF-16: numbers as text are put together in a buffer that grows, 2,000 of them a turn, then copied and
;; hashed.
(type $string (array (mut i16)))
(type $builder (struct (field $buffer (mut (ref $string))) (field $length (mut i32))))

(func $reserve (param $builder (ref $builder)) (param $more i32)
  (local $old (ref $string)) (local $new (ref $string)) (local $wanted i32)
  (local.set $old (struct.get $builder $buffer (local.get $builder)))
  (local.set $wanted (i32.add (struct.get $builder $length (local.get $builder)) (local.get $more)))
  (if (i32.le_u (local.get $wanted) (array.len (local.get $old))) (then (return)))
  (local.set $new (array.new_default $string (i32.mul (local.get $wanted) (i32.const 2))))
  (array.copy $string $string (local.get $new) (i32.const 0) (local.get $old) (i32.const 0)
    (struct.get $builder $length (local.get $builder)))
  (struct.set $builder $buffer (local.get $builder) (local.get $new)))

(func $append (param $builder (ref $builder)) (param $string (ref $string))
  (local $length i32)
  (call $reserve (local.get $builder) (array.len (local.get $string)))
  (local.set $length (struct.get $builder $length (local.get $builder)))
  (array.copy $string $string (struct.get $builder $buffer (local.get $builder)) (local.get $length)
    (local.get $string) (i32.const 0) (array.len (local.get $string)))
  (struct.set $builder $length (local.get $builder) (i32.add (local.get $length) (array.len (local.get $string)))))

(func $decimal (param $number i32) (result (ref $string))
  (local $digits i32) (local $rest i32) (local $string (ref $string))
  (local.set $rest (local.get $number))
  (loop $count
    (local.set $digits (i32.add (local.get $digits) (i32.const 1)))
    (br_if $count (local.tee $rest (i32.div_u (local.get $rest) (i32.const 10)))))
  (local.set $string (array.new_default $string (local.get $digits)))
  (loop $digit
    (local.set $digits (i32.sub (local.get $digits) (i32.const 1)))
    (array.set $string (local.get $string) (local.get $digits)
      (i32.add (i32.const 48) (i32.rem_u (local.get $number) (i32.const 10))))
    (local.set $number (i32.div_u (local.get $number) (i32.const 10)))
    (br_if $digit (local.get $digits)))
  (local.get $string))

(func $hash (param $string (ref $string)) (result i32)
  (local $i i32) (local $hash i32)
  (block $end
    (loop $character
      (br_if $end (i32.ge_u (local.get $i) (array.len (local.get $string))))
      (local.set $hash
        (i32.add (i32.mul (local.get $hash) (i32.const 31)) (array.get_u $string (local.get $string) (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $character)))
  (local.get $hash))

(func $turn (result i32)
  (local $builder (ref $builder)) (local $i i32) (local $string (ref $string))
  (local.set $builder (struct.new $builder (array.new_default $string (i32.const 8)) (i32.const 0)))
  (loop $number
    (call $append (local.get $builder) (call $decimal (i32.mul (local.get $i) (local.get $i))))
    (call $append (local.get $builder) (array.new_fixed $string 2 (i32.const 44) (i32.const 32)))
    (br_if $number (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 2000))))
  (local.set $string (array.new_default $string (struct.get $builder $length (local.get $builder))))
  (array.copy $string $string (local.get $string) (i32.const 0)
    (struct.get $builder $buffer (local.get $builder)) (i32.const 0) (array.len (local.get $string)))
  (call $hash (local.get $string)))

(func $run (param $turns i32) (result i32)
  (local $sum i32)
  (loop $more
    (local.set $sum (i32.add (local.get $sum) (call $turn)))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $more (local.get $turns)))
  (local.get $sum))
