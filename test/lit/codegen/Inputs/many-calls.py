# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

print('(module (global $g (mut i32) (i32.const 0)) (table funcref (elem $one))')
# A loop, so that it is not inlined.
print('(func $one (result i32) (loop $l (global.set $g (i32.add (global.get $g) (i32.const 1)))')
print('  (br_if $l (i32.rem_u (global.get $g) (i32.const 1)))) (i32.const 1))')
print('(func (export "few") (result i32)' + '(drop (call_indirect (result i32) (i32.const 0)))' * 100
      + '(global.get $g))')
print('(func (export "many") (result i32)' + '(drop (call $one))' * 8200 + '(global.get $g)))')
