;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory (export "memory") 1)
  (func $guest_inner (export "inner") (param i32) (result i32)
    (i32.add (local.get 0) (call $yield)))
  (func $guest_outer (export "outer") (param i32) (result i32)
    (i32.mul (call $guest_inner (local.get 0)) (i32.const 3)))
  (func (export "_start") (drop (call $guest_outer (i32.const 1)))))
