;; A splay tree of 8,000 nodes with payloads, in which each turn puts a node and takes one away: old objects refer to
;; new ones all the time.
(type $text (array (mut i16)))
(type $payload (struct
  (field $left (ref null $payload)) (field $right (ref null $payload)) (field $text (ref null $text))))
(type $node (struct
  (field $key i32) (field $payload (ref null $payload))
  (field $left (mut (ref null $node))) (field $right (mut (ref null $node)))))
(global $root (mut (ref null $node)) (ref.null $node))

(func $payload (param $depth i32) (result (ref $payload))
  (if (result (ref $payload)) (i32.eqz (local.get $depth))
    (then
      (struct.new $payload (ref.null $payload) (ref.null $payload) (array.new $text (i32.const 48) (i32.const 10))))
    (else
      (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
      (struct.new $payload (call $payload (local.get $depth)) (call $payload (local.get $depth)) (ref.null $text)))))

;; Makes the node with the key, or one that is next to it, the root.
(func $splay (param $key i32)
  (local $head (ref $node)) (local $left (ref $node)) (local $right (ref $node)) (local $node (ref null $node))
  (local $next (ref null $node))
  (local.set $head (struct.new_default $node))
  (local.set $left (local.get $head))
  (local.set $right (local.get $head))
  (local.set $node (global.get $root))
  (block $found
    (loop $down
      (if (i32.lt_s (local.get $key) (struct.get $node $key (local.get $node)))
        (then
          (br_if $found (ref.is_null (local.tee $next (struct.get $node $left (local.get $node)))))
          (if (i32.lt_s (local.get $key) (struct.get $node $key (local.get $next)))
            (then
              (struct.set $node $left (local.get $node) (struct.get $node $right (local.get $next)))
              (struct.set $node $right (local.get $next) (local.get $node))
              (local.set $node (local.get $next))
              (br_if $found (ref.is_null (struct.get $node $left (local.get $node))))))
          (struct.set $node $left (local.get $right) (local.get $node))
          (local.set $right (ref.as_non_null (local.get $node)))
          (local.set $node (struct.get $node $left (local.get $node)))
          (br $down)))
      (if (i32.gt_s (local.get $key) (struct.get $node $key (local.get $node)))
        (then
          (br_if $found (ref.is_null (local.tee $next (struct.get $node $right (local.get $node)))))
          (if (i32.gt_s (local.get $key) (struct.get $node $key (local.get $next)))
            (then
              (struct.set $node $right (local.get $node) (struct.get $node $left (local.get $next)))
              (struct.set $node $left (local.get $next) (local.get $node))
              (local.set $node (local.get $next))
              (br_if $found (ref.is_null (struct.get $node $right (local.get $node))))))
          (struct.set $node $right (local.get $left) (local.get $node))
          (local.set $left (ref.as_non_null (local.get $node)))
          (local.set $node (struct.get $node $right (local.get $node)))
          (br $down)))))
  (struct.set $node $right (local.get $left) (struct.get $node $left (local.get $node)))
  (struct.set $node $left (local.get $right) (struct.get $node $right (local.get $node)))
  (struct.set $node $left (local.get $node) (struct.get $node $right (local.get $head)))
  (struct.set $node $right (local.get $node) (struct.get $node $left (local.get $head)))
  (global.set $root (local.get $node)))

(func $insert (param $key i32)
  (local $node (ref $node)) (local $root (ref null $node))
  (local.set $node
    (struct.new $node (local.get $key) (call $payload (i32.const 4)) (ref.null $node) (ref.null $node)))
  (if (i32.eqz (ref.is_null (global.get $root)))
    (then
      (call $splay (local.get $key))
      (local.set $root (global.get $root))
      (if (i32.eq (struct.get $node $key (local.get $root)) (local.get $key)) (then (return)))
      (if (i32.gt_s (local.get $key) (struct.get $node $key (local.get $root)))
        (then
          (struct.set $node $left (local.get $node) (local.get $root))
          (struct.set $node $right (local.get $node) (struct.get $node $right (local.get $root)))
          (struct.set $node $right (local.get $root) (ref.null $node)))
        (else
          (struct.set $node $right (local.get $node) (local.get $root))
          (struct.set $node $left (local.get $node) (struct.get $node $left (local.get $root)))
          (struct.set $node $left (local.get $root) (ref.null $node))))))
  (global.set $root (local.get $node)))

;; Takes away the node with the key or one that is next to it; returns its key.
(func $remove (param $key i32) (result i32)
  (local $root (ref null $node)) (local $right (ref null $node))
  (call $splay (local.get $key))
  (local.set $root (global.get $root))
  (local.set $right (struct.get $node $right (local.get $root)))
  (if (ref.is_null (struct.get $node $left (local.get $root)))
    (then (global.set $root (local.get $right)))
    (else
      (global.set $root (struct.get $node $left (local.get $root)))
      (call $splay (struct.get $node $key (local.get $root)))
      (struct.set $node $right (global.get $root) (local.get $right))))
  (struct.get $node $key (local.get $root)))

(func $run (param $turns i32) (result i32)
  (local $i i32) (local $sum i32)
  (global.set $root (ref.null $node))
  (loop $fill
    (call $insert (call $random))
    (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8000))))
  (loop $turn
    (call $insert (call $random))
    (local.set $sum (i32.add (local.get $sum) (call $remove (call $random))))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $turn (local.get $turns)))
  (local.get $sum))
