;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module
  (import "" "note" (func $note (param i32)))
  (import "" "number" (global $number i32))
  (func (export "run") (call $note (global.get $number))))
