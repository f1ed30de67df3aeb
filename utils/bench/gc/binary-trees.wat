;; Binary trees of depth 14, made and counted, beside one that lives all the time.
(type $node (struct (field $left (ref null $node)) (field $right (ref null $node))))
(global $old (mut (ref null $node)) (ref.null $node))

(func $make (param $depth i32) (result (ref $node))
  (if (result (ref $node)) (i32.eqz (local.get $depth))
    (then (struct.new_default $node))
    (else
      (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
      (struct.new $node (call $make (local.get $depth)) (call $make (local.get $depth))))))

(func $count (param $tree (ref $node)) (result i32)
  (local $left (ref null $node))
  (local.set $left (struct.get $node $left (local.get $tree)))
  (if (result i32) (ref.is_null (local.get $left))
    (then (i32.const 1))
    (else
      (i32.add (i32.const 1)
        (i32.add
          (call $count (ref.as_non_null (local.get $left)))
          (call $count (ref.as_non_null (struct.get $node $right (local.get $tree)))))))))

(func $run (param $turns i32) (result i32)
  (local $sum i32)
  (global.set $old (call $make (i32.const 16)))
  (loop $turn
    (local.set $sum (i32.add (local.get $sum) (call $count (call $make (i32.const 14)))))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $turn (local.get $turns)))
  (i32.add (local.get $sum) (call $count (ref.as_non_null (global.get $old)))))
