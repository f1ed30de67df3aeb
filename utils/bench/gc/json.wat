;; A text of JSON is parsed into a tree of objects of seven types, and the tree is summed up.
(type $bytes (array (mut i8)))
(type $value (sub (struct)))
(type $constant (sub final $value (struct (field $kind i32))))
(type $number (sub final $value (struct (field $number f64))))
(type $string (sub final $value (struct (field $bytes (ref $bytes)))))
(type $values (array (mut (ref null $value))))
(type $list (sub final $value (struct (field $values (mut (ref $values))) (field $count (mut i32)))))
(type $member (struct (field $name (ref $string)) (field $value (ref $value)) (field $next (ref null $member))))
(type $object (sub final $value (struct (field $members (mut (ref null $member))))))
(data $text
  "{\22name\22: \22wasm\22, \22items\22: [{\22id\22: 1, \22price\22: 12.5, \22tags\22: [\22new\22, \22cheap\22, "
  "\22small\22], \22stock\22: true}, {\22id\22: 2, \22price\22: 99.95, \22tags\22: [], \22stock\22: false}, {\22i"
  "d\22: 3, \22price\22: 7, \22tags\22: [\22old\22], \22stock\22: null, \22parent\22: {\22id\22: 1, \22depth\22: "
  "{\22left\22: 1, \22right\22: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}}}], \22total\22: 119.45, \22matrix\22: ["
  "[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], \22comment\22: \22a longer text that says nothing at "
  "all\22}")
(global $text (mut (ref null $bytes)) (ref.null $bytes))
(global $at (mut i32) (i32.const 0))

(func $peek (result i32)
  (array.get_u $bytes (global.get $text) (global.get $at)))
(func $advance
  (global.set $at (i32.add (global.get $at) (i32.const 1))))
;; The next character that is no space.
(func $token (result i32)
  (local $character i32)
  (loop $skip
    (local.set $character (call $peek))
    (call $advance)
    (br_if $skip (i32.eq (local.get $character) (i32.const 32))))
  (local.get $character))

(func $parseString (result (ref $string))
  (local $begin i32) (local $bytes (ref $bytes))
  (local.set $begin (global.get $at))
  (loop $next
    (call $advance)
    (br_if $next (i32.ne (call $peek) (i32.const 34))))
  (local.set $bytes (array.new_default $bytes (i32.sub (global.get $at) (local.get $begin))))
  (array.copy $bytes $bytes (local.get $bytes) (i32.const 0) (ref.as_non_null (global.get $text)) (local.get $begin)
    (array.len (local.get $bytes)))
  (call $advance)
  (struct.new $string (local.get $bytes)))

(func $parseNumber (param $digit i32) (result (ref $number))
  (local $value f64) (local $scale f64)
  (local.set $value (f64.convert_i32_u (i32.sub (local.get $digit) (i32.const 48))))
  (local.set $scale (f64.const 1))
  (block $end
    (loop $next
      (local.set $digit (i32.sub (call $peek) (i32.const 48)))
      (if (i32.eq (local.get $digit) (i32.const -2))
        (then
          (call $advance)
          (loop $fraction
            (local.set $digit (i32.sub (call $peek) (i32.const 48)))
            (br_if $end (i32.gt_u (local.get $digit) (i32.const 9)))
            (local.set $scale (f64.mul (local.get $scale) (f64.const 0.1)))
            (local.set $value
              (f64.add (local.get $value) (f64.mul (local.get $scale) (f64.convert_i32_u (local.get $digit)))))
            (call $advance)
            (br $fraction))))
      (br_if $end (i32.gt_u (local.get $digit) (i32.const 9)))
      (local.set $value
        (f64.add (f64.mul (local.get $value) (f64.const 10)) (f64.convert_i32_u (local.get $digit))))
      (call $advance)
      (br $next)))
  (struct.new $number (local.get $value)))

(func $append (param $list (ref $list)) (param $value (ref $value))
  (local $values (ref $values)) (local $count i32) (local $grown (ref $values))
  (local.set $values (struct.get $list $values (local.get $list)))
  (local.set $count (struct.get $list $count (local.get $list)))
  (if (i32.eq (local.get $count) (array.len (local.get $values)))
    (then
      (local.set $grown (array.new_default $values (i32.add (i32.mul (local.get $count) (i32.const 2)) (i32.const 4))))
      (array.copy $values $values (local.get $grown) (i32.const 0) (local.get $values) (i32.const 0) (local.get $count))
      (struct.set $list $values (local.get $list) (local.get $grown))
      (local.set $values (local.get $grown))))
  (array.set $values (local.get $values) (local.get $count) (local.get $value))
  (struct.set $list $count (local.get $list) (i32.add (local.get $count) (i32.const 1))))

(func $parseList (result (ref $list))
  (local $list (ref $list)) (local $character i32)
  (local.set $list (struct.new $list (array.new_default $values (i32.const 0)) (i32.const 0)))
  (if (i32.eq (local.tee $character (call $token)) (i32.const 93)) (then (return (local.get $list))))
  (loop $next
    (call $append (local.get $list) (call $parse (local.get $character)))
    (if (i32.eq (call $token) (i32.const 44))
      (then
        (local.set $character (call $token))
        (br $next))))
  (local.get $list))

(func $parseObject (result (ref $object))
  (local $object (ref $object)) (local $name (ref $string))
  (local.set $object (struct.new_default $object))
  (if (i32.eq (call $token) (i32.const 125)) (then (return (local.get $object))))
  (loop $next
    (local.set $name (call $parseString))
    (drop (call $token))
    (struct.set $object $members (local.get $object)
      (struct.new $member (local.get $name) (call $parse (call $token))
        (struct.get $object $members (local.get $object))))
    (if (i32.eq (call $token) (i32.const 44))
      (then
        (drop (call $token))
        (br $next))))
  (local.get $object))

(func $parse (param $character i32) (result (ref $value))
  (if (i32.eq (local.get $character) (i32.const 123)) (then (return (call $parseObject))))
  (if (i32.eq (local.get $character) (i32.const 91)) (then (return (call $parseList))))
  (if (i32.eq (local.get $character) (i32.const 34)) (then (return (call $parseString))))
  (if (i32.lt_u (i32.sub (local.get $character) (i32.const 48)) (i32.const 10))
    (then (return (call $parseNumber (local.get $character)))))
  (loop $word
    (call $advance)
    (br_if $word (i32.lt_u (i32.sub (call $peek) (i32.const 97)) (i32.const 26))))
  (struct.new $constant (local.get $character)))

(func $sum (param $value (ref null $value)) (result f64)
  (local $list (ref $list)) (local $i i32) (local $sum f64) (local $member (ref null $member))
  (block $object (result (ref $object))
    (block $list (result (ref $list))
      (block $string (result (ref $string))
        (block $number (result (ref $number))
          (br_on_cast $number (ref null $value) (ref $number) (local.get $value))
          (br_on_cast $string (ref null $value) (ref $string))
          (br_on_cast $list (ref null $value) (ref $list))
          (br_on_cast $object (ref null $value) (ref $object))
          (return (f64.convert_i32_u (struct.get $constant $kind (ref.cast (ref $constant))))))
        (return (struct.get $number $number)))
      (return (f64.convert_i32_u (array.len (struct.get $string $bytes)))))
    (local.set $list)
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $i) (struct.get $list $count (local.get $list))))
        (local.set $sum
          (f64.add (local.get $sum)
            (call $sum (array.get $values (struct.get $list $values (local.get $list)) (local.get $i)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (return (local.get $sum)))
  (local.set $member (struct.get $object $members))
  (block $end
    (loop $next
      (br_if $end (ref.is_null (local.get $member)))
      (local.set $sum (f64.add (local.get $sum) (call $sum (struct.get $member $value (local.get $member)))))
      (local.set $member (struct.get $member $next (local.get $member)))
      (br $next)))
  (local.get $sum))

(func $run (param $turns i32) (result i32)
  (local $sum f64)
  (global.set $text (array.new_data $bytes $text (i32.const 0) (i32.const 444)))
  (loop $more
    (global.set $at (i32.const 0))
    (local.set $sum (f64.add (local.get $sum) (call $sum (call $parse (call $token)))))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $more (local.get $turns)))
  (i32.trunc_sat_f64_s (local.get $sum)))
