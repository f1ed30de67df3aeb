;; memory.copy and memory.fill of every short length, and copies at every small distance both ways, against loops over bytes.
(module
  (memory 1)

  ;; Bytes at 0x1000 and 0x2000 that differ from their neighbors.
  (func $reset (local $i i32)
    (loop $next
      (i32.store8 offset=0x1000 (local.get $i) (i32.add (i32.mul (local.get $i) (i32.const 31)) (i32.shr_u (local.get $i) (i32.const 3))))
      (i32.store8 offset=0x2000 (local.get $i) (i32.load8_u offset=0x1000 (local.get $i)))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1024)))))

  (func $same (result i32) (local $i i32)
    (loop $next
      (if (i32.ne (i32.load8_u offset=0x1000 (local.get $i)) (i32.load8_u offset=0x2000 (local.get $i)))
        (then (return (i32.const 0))))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1024))))
    (i32.const 1))

  ;; Through 0x3000.
  (func $copyBytes (param $to i32) (param $from i32) (param $count i32) (local $i i32)
    (loop $next
      (if (i32.lt_u (local.get $i) (local.get $count))
        (then
          (i32.store8 offset=0x3000 (local.get $i) (i32.load8_u (i32.add (local.get $from) (local.get $i))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
    (local.set $i (i32.const 0))
    (loop $next
      (if (i32.lt_u (local.get $i) (local.get $count))
        (then
          (i32.store8 (i32.add (local.get $to) (local.get $i)) (i32.load8_u offset=0x3000 (local.get $i)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))))

  ;; 0, or the length at which a copy by $distance is wrong.
  (func $copies (export "copies") (param $distance i32) (result i32) (local $count i32)
    (call $reset)
    (loop $next
      (memory.copy (i32.add (i32.const 0x1190) (local.get $distance)) (i32.const 0x1190) (local.get $count))
      (call $copyBytes (i32.add (i32.const 0x2190) (local.get $distance)) (i32.const 0x2190) (local.get $count))
      (if (i32.eqz (call $same)) (then (return (local.get $count))))
      (br_if $next (i32.lt_u (local.tee $count (i32.add (local.get $count) (i32.const 1))) (i32.const 260))))
    (i32.const 0))

  (func (export "distances") (param $distance i32) (param $step i32) (param $last i32) (result i32)
    (loop $next
      (if (call $copies (local.get $distance)) (then (return (local.get $distance))))
      (br_if $next (i32.le_s (local.tee $distance (i32.add (local.get $distance) (local.get $step))) (local.get $last))))
    (i32.const 1000))

  (func (export "fills") (result i32) (local $count i32) (local $i i32)
    (call $reset)
    (loop $next
      (memory.fill (i32.const 0x1123) (local.get $count) (local.get $count))
      (local.set $i (i32.const 0))
      (loop $bytes
        (if (i32.lt_u (local.get $i) (local.get $count))
          (then
            (i32.store8 offset=0x2123 (local.get $i) (local.get $count))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br $bytes))))
      (if (i32.eqz (call $same)) (then (return (local.get $count))))
      (br_if $next (i32.lt_u (local.tee $count (i32.add (local.get $count) (i32.const 1))) (i32.const 260))))
    (i32.const 1000)))

(assert_return (invoke "distances" (i32.const -20) (i32.const 1) (i32.const 20)) (i32.const 1000))
(assert_return (invoke "distances" (i32.const -140) (i32.const 7) (i32.const 140)) (i32.const 1000))
(assert_return (invoke "fills") (i32.const 1000))
