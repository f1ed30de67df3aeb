;; Bulk operations on a shared memory, growth and its data segments.
(module $m
  (memory (export "memory") 1 3 shared)
  (data (i32.const 0) "abcdefgh")
  (data $passive "01234567")
  (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "init") (param i32 i32 i32) (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
  (func (export "load") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size)))
(register "m" $m)

(assert_return (invoke "load" (i32.const 0)) (i64.const 0x6867666564636261))
(assert_return (invoke "copy" (i32.const 65528) (i32.const 0) (i32.const 8)))
(assert_return (invoke "load" (i32.const 65528)) (i64.const 0x6867666564636261))
(assert_trap (invoke "copy" (i32.const 65529) (i32.const 0) (i32.const 8)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 65000) (i32.const 0) (i32.const 537)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 1) (i32.const 0) (i32.const 65536)) "out of bounds memory access")
(assert_trap (invoke "init" (i32.const 65530) (i32.const 0) (i32.const 8)) "out of bounds memory access")
(assert_return (invoke "init" (i32.const 16) (i32.const 0) (i32.const 8)))
(assert_return (invoke "load" (i32.const 16)) (i64.const 0x3736353433323130))

;; Another module that has the memory sees what one does, its growth too.
(module $n
  (import "m" "memory" (memory 1 3 shared))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2))))
(assert_return (invoke $n "grow" (i32.const 1)) (i32.const 1))
(assert_return (invoke $m "size") (i32.const 2))
(assert_return (invoke $m "grow" (i32.const 2)) (i32.const -1))
(assert_return (invoke $m "grow" (i32.const 1)) (i32.const 2))
(assert_return (invoke $n "size") (i32.const 3))
(assert_return (invoke $n "fill" (i32.const 196600) (i32.const 1) (i32.const 8)))
(assert_return (invoke $m "load" (i32.const 196600)) (i64.const 0x0101010101010101))
(assert_trap (invoke $m "load" (i32.const 196601)) "out of bounds memory access")

;; The type that is imported says so too.
(assert_unlinkable (module (import "m" "memory" (memory 1 3))) "incompatible import type")
(assert_unlinkable (module (import "m" "memory" (memory 1 2 shared))) "incompatible import type")
(assert_invalid (module (memory 1 shared)) "shared memory must have maximum")
