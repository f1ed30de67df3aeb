;; array.copy of a MiB of bytes, to and fro.
(type $bytes (array (mut i8)))

(func $run (param $turns i32) (result i32)
  (local $from (ref $bytes)) (local $to (ref $bytes))
  (local.set $from (array.new $bytes (i32.const 7) (i32.const 1048577)))
  (local.set $to (array.new_default $bytes (i32.const 1048577)))
  (loop $more
    (array.copy $bytes $bytes (local.get $to) (i32.const 1) (local.get $from) (i32.const 0) (i32.const 1048576))
    (array.copy $bytes $bytes (local.get $from) (i32.const 0) (local.get $to) (i32.const 0) (i32.const 1048576))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $more (local.get $turns)))
  (i32.add
    (array.get_u $bytes (local.get $from) (i32.const 4))
    (array.get_u $bytes (local.get $to) (i32.const 1048576))))
