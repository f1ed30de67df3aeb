;; A hash map from boxed numbers to boxed numbers, which grows to 30,000 entries and is asked for twice as many keys.
(type $object (sub (struct)))
(type $integer (sub final $object (struct (field $value i32))))
(type $entry (struct
  (field $key (ref $object)) (field $value (mut (ref $object))) (field $next (mut (ref null $entry)))))
(type $entries (array (mut (ref null $entry))))
(type $map (struct (field $entries (mut (ref $entries))) (field $count (mut i32))))

(func $hash (param $object (ref $object)) (result i32)
  (if (result i32) (ref.test (ref $integer) (local.get $object))
    (then
      (i32.shr_u
        (i32.mul (struct.get $integer $value (ref.cast (ref $integer) (local.get $object))) (i32.const 0x9e3779b1))
        (i32.const 8)))
    (else (i32.const 0))))

(func $equals (param $lhs (ref $object)) (param $rhs (ref $object)) (result i32)
  (block $other (result (ref $object))
    (return
      (i32.eq
        (struct.get $integer $value
          (br_on_cast_fail $other (ref $object) (ref $integer) (local.get $lhs)))
        (struct.get $integer $value
          (br_on_cast_fail $other (ref $object) (ref $integer) (local.get $rhs))))))
  (ref.eq (local.get $lhs)))

(func $slot (param $map (ref $map)) (param $key (ref $object)) (result i32)
  (i32.and
    (call $hash (local.get $key))
    (i32.sub (array.len (struct.get $map $entries (local.get $map))) (i32.const 1))))

(func $find (param $map (ref $map)) (param $key (ref $object)) (result (ref null $entry))
  (local $entry (ref null $entry))
  (local.set $entry
    (array.get $entries (struct.get $map $entries (local.get $map)) (call $slot (local.get $map) (local.get $key))))
  (block $end
    (loop $next
      (br_if $end (ref.is_null (local.get $entry)))
      (br_if $end (call $equals (struct.get $entry $key (local.get $entry)) (local.get $key)))
      (local.set $entry (struct.get $entry $next (local.get $entry)))
      (br $next)))
  (local.get $entry))

(func $link (param $map (ref $map)) (param $entry (ref $entry))
  (local $slot i32)
  (local.set $slot (call $slot (local.get $map) (struct.get $entry $key (local.get $entry))))
  (struct.set $entry $next (local.get $entry)
    (array.get $entries (struct.get $map $entries (local.get $map)) (local.get $slot)))
  (array.set $entries (struct.get $map $entries (local.get $map)) (local.get $slot) (local.get $entry)))

(func $grow (param $map (ref $map))
  (local $old (ref $entries)) (local $i i32) (local $entry (ref null $entry)) (local $next (ref null $entry))
  (local.set $old (struct.get $map $entries (local.get $map)))
  (struct.set $map $entries (local.get $map)
    (array.new_default $entries (i32.mul (array.len (local.get $old)) (i32.const 2))))
  (loop $slot
    (local.set $entry (array.get $entries (local.get $old) (local.get $i)))
    (block $end
      (loop $chain
        (br_if $end (ref.is_null (local.get $entry)))
        (local.set $next (struct.get $entry $next (local.get $entry)))
        (call $link (local.get $map) (ref.as_non_null (local.get $entry)))
        (local.set $entry (local.get $next))
        (br $chain)))
    (br_if $slot
      (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $old))))))

(func $put (param $map (ref $map)) (param $key (ref $object)) (param $value (ref $object))
  (local $entry (ref null $entry)) (local $count i32)
  (local.set $entry (call $find (local.get $map) (local.get $key)))
  (if (i32.eqz (ref.is_null (local.get $entry)))
    (then (struct.set $entry $value (local.get $entry) (local.get $value)) (return)))
  (local.set $count (i32.add (struct.get $map $count (local.get $map)) (i32.const 1)))
  (struct.set $map $count (local.get $map) (local.get $count))
  (if (i32.gt_u (local.get $count) (array.len (struct.get $map $entries (local.get $map))))
    (then (call $grow (local.get $map))))
  (call $link (local.get $map) (struct.new $entry (local.get $key) (local.get $value) (ref.null $entry))))

(func $turn (result i32)
  (local $map (ref $map)) (local $i i32) (local $entry (ref null $entry)) (local $sum i32)
  (local.set $map (struct.new $map (array.new_default $entries (i32.const 16)) (i32.const 0)))
  (loop $fill
    (call $put (local.get $map)
      (struct.new $integer (i32.mul (local.get $i) (i32.const 7)))
      (struct.new $integer (local.get $i)))
    (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 30000))))
  (loop $ask
    (local.set $i (i32.sub (local.get $i) (i32.const 1)))
    (local.set $entry (call $find (local.get $map) (struct.new $integer (i32.mul (local.get $i) (i32.const 14)))))
    (if (i32.eqz (ref.is_null (local.get $entry)))
      (then
        (local.set $sum
          (i32.add (local.get $sum)
            (struct.get $integer $value (ref.cast (ref $integer) (struct.get $entry $value (local.get $entry))))))))
    (br_if $ask (local.get $i)))
  (local.get $sum))

(func $run (param $turns i32) (result i32)
  (local $sum i32)
  (loop $more
    (local.set $sum (i32.add (local.get $sum) (call $turn)))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $more (local.get $turns)))
  (local.get $sum))
