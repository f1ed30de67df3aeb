# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Prints a function that reads each of 300 locals inside 1,000 loops, one in the other: as SSA values, 300,000 phis."""

LOCALS, LOOPS = 300, 1000

print('(module (func $f (export "f") (param i32) (result i32) (local', "i32 " * LOCALS, ")")
for local in range(1, LOCALS + 1):
    print(f"(local.set {local} (i32.add (local.get 0) (i32.const {local})))")
for _ in range(LOOPS):
    print("(loop")
for local in range(1, LOCALS + 1):
    print(f"(local.set 0 (i32.add (local.get 0) (local.get {local})))")
    print(f"(local.set {local} (local.get 0))")
print(")" * LOOPS, "(local.get 0)))")
