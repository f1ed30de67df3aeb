;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "" "memory" (memory 1 3))
  (func (export "load") (param i32) (result i32) (i32.load8_s (local.get 0)))
  (func (export "store") (param i32 i32) (result i32) (i32.store8 (local.get 0) (local.get 1)) (i32.const 0))
  (func (export "size") (result i32) (memory.size)))
