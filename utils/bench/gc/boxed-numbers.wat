;; Arithmetic as dynamic languages have it: each number is an object of one of two open types, or an i31.
(type $object (sub (struct)))
(type $number (sub $object (struct)))
(type $integer (sub $number (struct (field $value i32))))
(type $float (sub $number (struct (field $value f64))))

(func $box (param $value i32) (result (ref eq))
  (if (result (ref eq))
    (i32.eq (local.get $value) (i32.shr_s (i32.shl (local.get $value) (i32.const 1)) (i32.const 1)))
    (then (ref.i31 (local.get $value)))
    (else (struct.new $integer (local.get $value)))))

(func $toFloat (param $object (ref eq)) (result f64)
  (block $i31 (result (ref i31))
    (block $float (result (ref $float))
      (br_on_cast $i31 (ref eq) (ref i31) (local.get $object))
      (br_on_cast $float (ref eq) (ref $float))
      (return (f64.convert_i32_s (struct.get $integer $value (ref.cast (ref $integer))))))
    (return (struct.get $float $value)))
  (f64.convert_i32_s (i31.get_s)))

(func $add (param $lhs (ref eq)) (param $rhs (ref eq)) (result (ref eq))
  (if (i32.and (ref.test (ref i31) (local.get $lhs)) (ref.test (ref i31) (local.get $rhs)))
    (then
      (return
        (call $box
          (i32.add
            (i31.get_s (ref.cast (ref i31) (local.get $lhs)))
            (i31.get_s (ref.cast (ref i31) (local.get $rhs))))))))
  (struct.new $float (f64.add (call $toFloat (local.get $lhs)) (call $toFloat (local.get $rhs)))))

(func $multiply (param $lhs (ref eq)) (param $rhs (ref eq)) (result (ref eq))
  (struct.new $float (f64.mul (call $toFloat (local.get $lhs)) (call $toFloat (local.get $rhs)))))

;; The sum of 1 / 2^i * i, and of whole numbers beside it.
(func $turn (result i32)
  (local $i (ref eq)) (local $sum (ref eq)) (local $factor (ref eq)) (local $whole (ref eq)) (local $half (ref eq))
  (local.set $half (struct.new $float (f64.const 0.999)))
  (local.set $factor (struct.new $float (f64.const 1)))
  (local.set $sum (struct.new $float (f64.const 0)))
  (local.set $i (ref.i31 (i32.const 0)))
  (local.set $whole (ref.i31 (i32.const 0)))
  (loop $next
    (local.set $i (call $add (local.get $i) (ref.i31 (i32.const 1))))
    (local.set $whole (call $add (local.get $whole) (local.get $i)))
    (local.set $factor (call $multiply (local.get $factor) (local.get $half)))
    (local.set $sum (call $add (local.get $sum) (call $multiply (local.get $factor) (local.get $i))))
    (br_if $next (i32.ne (i31.get_s (ref.cast (ref i31) (local.get $i))) (i32.const 10000))))
  (i32.add
    (i32.trunc_sat_f64_s (call $toFloat (local.get $sum)))
    (i32.trunc_sat_f64_s (call $toFloat (local.get $whole)))))

(func $run (param $turns i32) (result i32)
  (local $sum i32)
  (loop $more
    (local.set $sum (i32.add (local.get $sum) (call $turn)))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $more (local.get $turns)))
  (local.get $sum))
