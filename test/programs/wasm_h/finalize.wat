;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (func (export "f"))
  (memory (export "m") 0)
  (table (export "t") 0 funcref)
  (global (export "g") i32 (i32.const 0)))
