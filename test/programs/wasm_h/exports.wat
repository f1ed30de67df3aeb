;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (memory (export "memory") 1)
  (table (export "table") 2 funcref)
  (global (export "counter") (mut i32) (i32.const 0))
  (func (export "add") (param i32 i32) (result i32)
    (global.set 0 (i32.add (global.get 0) (i32.const 1))) (i32.add (local.get 0) (local.get 1))))
