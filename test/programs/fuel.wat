;; For check_fuel.py, which knows what every run of instructions costs.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\01\00\00\00")
  (data (i32.const 16) ".")
  (func $dot
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "dots") (param $n i32)
    (memory.fill (i32.const 1024) (i32.const 1) (i32.const 650))
    (loop
      (call $dot)
      (nop)
      (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (if (i32.eqz (local.get $n)) (then (call $dot)) (else (unreachable))))
  (func (export "fault") (local $p i32)
    (loop
      (drop (i32.load (local.get $p)))
      (local.set $p (i32.add (local.get $p) (i32.const 4096)))
      (br 0)))
  (func $deep (export "deep") (param $n i32)
    (if (local.get $n)
      (then (call $deep (i32.sub (local.get $n) (i32.const 1))))
      (else (drop (i32.div_s (i32.const 1) (local.get $n)))))))
