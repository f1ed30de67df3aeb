;; array.fill of a MiB of bytes, of numbers of 16 bits, and of references.
(type $bytes (array (mut i8)))
(type $shorts (array (mut i16)))
(type $references (array (mut (ref null eq))))

(func $run (param $turns i32) (result i32)
  (local $bytes (ref $bytes)) (local $shorts (ref $shorts)) (local $references (ref $references))
  (local.set $bytes (array.new_default $bytes (i32.const 1048576)))
  (local.set $shorts (array.new_default $shorts (i32.const 524288)))
  (local.set $references (array.new_default $references (i32.const 262144)))
  (loop $more
    (array.fill $bytes (local.get $bytes) (i32.const 0) (local.get $turns) (i32.const 1048576))
    (array.fill $shorts (local.get $shorts) (i32.const 0) (local.get $turns) (i32.const 524288))
    (array.fill $references (local.get $references) (i32.const 0) (local.get $shorts) (i32.const 262144))
    (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
    (br_if $more (local.get $turns)))
  (i32.add
    (array.get_u $bytes (local.get $bytes) (i32.const 1048575))
    (array.get_u $shorts (local.get $shorts) (i32.const 524287))))
