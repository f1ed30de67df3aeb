# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Prints a function with one try around 5,000 calls, each of which sets one of 100 locals: as SSA values, 500,000 operands
of phis in the landing pad. The last call throws, and the result is the sum of the locals at that moment."""

LOCALS, CALLS = 100, 5000

print("(module (tag $t) (func $g (param i32) (result i32)")
print(f"(if (i32.eq (local.get 0) (i32.const {CALLS})) (then (throw $t))) (local.get 0))")
print('(func $f (export "f") (param i32) (result i32) (local', "i32 " * LOCALS, ")")
print("(try (do")
for call in range(1, CALLS + 1):
    print(f"(local.set {1 + call % LOCALS} (call $g (i32.const {call})))")
print(") (catch $t")
for local in range(1, LOCALS + 1):
    print(f"(local.set 0 (i32.add (local.get 0) (local.get {local})))")
print(")) (local.get 0)))")
