# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Prints a function that adds 20,000 bytes of memory, which are 1, in one block."""

print('(module (memory 1) (func $small (export "small") (result i32) (i32.const 1))')
print('(func $sum (export "sum") (param i32) (result i32)')
print('(memory.fill (i32.const 0) (i32.const 1) (i32.const 20000))')
print("(local.get 0)")
for address in range(20000):
    print(f"(i32.add (i32.load8_u (i32.const {address})))")
print("))")
