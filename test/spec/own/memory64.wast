;; What 64-bit addresses add to memories and tables, at the edges that the official scripts leave out.

;; The guard after the memory, and the offsets that it cannot take.
(module
  (memory i64 1 2)
  (func (export "load") (param i64) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load64") (param i64) (result i64) (i64.load (local.get 0)))
  (func (export "in-guard") (param i64) (result i32) (i32.load8_u offset=65536 (local.get 0)))
  (func (export "end-of-guard") (param i64) (result i32) (i32.load8_u offset=0x1ffffff (local.get 0)))
  (func (export "past-guard") (param i64) (result i32) (i32.load8_u offset=0x2000000 (local.get 0)))
  (func (export "drop") (param i64) (drop (i32.load8_u offset=65535 (local.get 0))))
  (func (export "store") (param i64) (i64.store offset=65528 (local.get 0) (i64.const -1)))
  (func (export "copy") (param i64 i64 i64) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i64 i64) (memory.fill (local.get 0) (i32.const 7) (local.get 1)))
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
  (func (export "size") (result i64) (memory.size)))
(assert_return (invoke "load" (i64.const 65535)) (i32.const 0))
(assert_trap (invoke "load" (i64.const 65536)) "out of bounds memory access")
(assert_trap (invoke "load" (i64.const -1)) "out of bounds memory access")
(assert_trap (invoke "load" (i64.const 0x100000000)) "out of bounds memory access")
(assert_return (invoke "load64" (i64.const 65528)) (i64.const 0))
(assert_trap (invoke "load64" (i64.const 65529)) "out of bounds memory access")
(assert_trap (invoke "in-guard" (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "in-guard" (i64.const -65536)) "out of bounds memory access")
(assert_trap (invoke "end-of-guard" (i64.const 65535)) "out of bounds memory access")
(assert_trap (invoke "past-guard" (i64.const 0)) "out of bounds memory access")
(assert_trap (invoke "past-guard" (i64.const -33554432)) "out of bounds memory access")
(assert_return (invoke "drop" (i64.const 0)))
(assert_trap (invoke "drop" (i64.const 1)) "out of bounds memory access")
(assert_return (invoke "store" (i64.const 0)))
(assert_trap (invoke "store" (i64.const 1)) "out of bounds memory access")
(assert_return (invoke "load" (i64.const 65535)) (i32.const 255))
;; Sums that wrap around 2^64, for short runs too.
(assert_trap (invoke "copy" (i64.const -4) (i64.const 0) (i64.const 8)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 0) (i64.const -4) (i64.const 8)) "out of bounds memory access")
(assert_trap (invoke "copy" (i64.const 8) (i64.const 8) (i64.const -8)) "out of bounds memory access")
(assert_trap (invoke "fill" (i64.const -4) (i64.const 8)) "out of bounds memory access")
(assert_return (invoke "fill" (i64.const 65532) (i64.const 4)))
(assert_trap (invoke "fill" (i64.const 65533) (i64.const 4)) "out of bounds memory access")
;; Growth: within the maximum, and by more than there is anywhere.
(assert_return (invoke "grow" (i64.const 0x1000000000000)) (i64.const -1))
(assert_return (invoke "grow" (i64.const -1)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 2)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 1)) (i64.const 1))
(assert_return (invoke "size") (i64.const 2))
(assert_return (invoke "in-guard" (i64.const 0)) (i32.const 0))
(assert_return (invoke "load" (i64.const 131071)) (i32.const 0))
(assert_return (invoke "grow" (i64.const 1)) (i64.const -1))

;; A memory that cannot grow, whose size is read once.
(module
  (memory i64 1 1)
  (func $nothing)
  (func (export "twice") (param i64) (result i32)
    (drop (i32.load (local.get 0)))
    (call $nothing)
    (i32.load offset=4 (local.get 0))))
(assert_return (invoke "twice" (i64.const 65528)) (i32.const 0))
(assert_trap (invoke "twice" (i64.const 65529)) "out of bounds memory access")

;; An empty one, in which no index is inside.
(module
  (memory i64 0 0)
  (func (export "load") (param i64) (result i32) (i32.load8_u (local.get 0))))
(assert_trap (invoke "load" (i64.const 0)) "out of bounds memory access")

;; Without a maximum it grows past 4 GiB, and what is there can be read and written.
(module
  (memory i64 1)
  (data (i64.const 65535) "a")
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
  (func (export "swap") (param i64 i64) (result i64)
    (i64.load (local.get 0)) (i64.store (local.get 0) (local.get 1))))
(assert_return (invoke "grow" (i64.const 65536)) (i64.const 1))
(assert_return (invoke "swap" (i64.const 0x100000000) (i64.const 5)) (i64.const 0))
(assert_return (invoke "swap" (i64.const 0x100000000) (i64.const 6)) (i64.const 5))
(assert_return (invoke "swap" (i64.const 0xffff) (i64.const 6)) (i64.const 97))
(assert_trap (invoke "swap" (i64.const 0x10000fff9) (i64.const 6)) "out of bounds memory access")

;; A segment that ends past the memory.
(assert_trap (module (memory i64 1) (data (i64.const 65535) "ab")) "out of bounds memory access")
(assert_trap (module (memory i64 1) (data (i64.const -1) "a")) "out of bounds memory access")
