;; array.copy and array.fill of 1 to 32 elements.
(type $shorts (array (mut i16)))

(func $run (param $turns i32) (result i32)
  (local $from (ref $shorts)) (local $to (ref $shorts)) (local $i i32)
  (local.set $from (array.new $shorts (i32.const 7) (i32.const 1024)))
  (local.set $to (array.new_default $shorts (i32.const 1024)))
  (loop $more
    (local.set $i (i32.const 0))
    (loop $each
      (array.copy $shorts $shorts (local.get $to) (local.get $i) (local.get $from) (i32.const 3)
        (i32.add (i32.and (local.get $i) (i32.const 31)) (i32.const 1)))
      (array.fill $shorts (local.get $from) (i32.and (local.get $i) (i32.const 63)) (local.get $i)
        (i32.add (i32.and (local.get $i) (i32.const 7)) (i32.const 1)))
      (br_if $each (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 900))))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $more (local.get $turns)))
  (i32.add
    (array.get_u $shorts (local.get $from) (i32.const 40))
    (array.get_u $shorts (local.get $to) (i32.const 899))))
