;; Quicksort of 50,000 numbers in an array.
(type $numbers (array (mut i32)))

(func $sort (param $numbers (ref $numbers)) (param $low i32) (param $high i32)
  (local $i i32) (local $j i32) (local $pivot i32) (local $swapped i32)
  (if (i32.ge_s (local.get $low) (local.get $high)) (then (return)))
  (local.set $pivot
    (array.get $numbers (local.get $numbers) (i32.shr_u (i32.add (local.get $low) (local.get $high)) (i32.const 1))))
  (local.set $i (i32.sub (local.get $low) (i32.const 1)))
  (local.set $j (i32.add (local.get $high) (i32.const 1)))
  (block $parted
    (loop $part
      (loop $up
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $up (i32.lt_s (array.get $numbers (local.get $numbers) (local.get $i)) (local.get $pivot))))
      (loop $down
        (local.set $j (i32.sub (local.get $j) (i32.const 1)))
        (br_if $down (i32.gt_s (array.get $numbers (local.get $numbers) (local.get $j)) (local.get $pivot))))
      (br_if $parted (i32.ge_s (local.get $i) (local.get $j)))
      (local.set $swapped (array.get $numbers (local.get $numbers) (local.get $i)))
      (array.set $numbers (local.get $numbers) (local.get $i) (array.get $numbers (local.get $numbers) (local.get $j)))
      (array.set $numbers (local.get $numbers) (local.get $j) (local.get $swapped))
      (br $part)))
  (call $sort (local.get $numbers) (local.get $low) (local.get $j))
  (call $sort (local.get $numbers) (i32.add (local.get $j) (i32.const 1)) (local.get $high)))

(func $turn (result i32)
  (local $numbers (ref $numbers)) (local $i i32)
  (local.set $numbers (array.new_default $numbers (i32.const 50000)))
  (loop $fill
    (array.set $numbers (local.get $numbers) (local.get $i) (call $random))
    (br_if $fill
      (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (array.len (local.get $numbers)))))
  (call $sort (local.get $numbers) (i32.const 0) (i32.const 49999))
  (array.get $numbers (local.get $numbers) (i32.const 25000)))

(func $run (param $turns i32) (result i32)
  (local $sum i32)
  (loop $more
    (local.set $sum (i32.add (local.get $sum) (call $turn)))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $more (local.get $turns)))
  (local.get $sum))
