# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Prints a function of 250 ifs, each of which rotates 30 locals, so that there is a phi for each local after each; and a twin of 10 ifs."""

LOCALS = 30


def rotate(name, steps):
    print(f'(func ${name} (export "{name}") (param i32) (result i32) (local {"i32 " * LOCALS})')
    for local in range(1, LOCALS + 1):
        print(f"(local.set {local} (i32.load8_u (i32.const {local})))")
    for step in range(steps):
        print(f"(if (i32.and (i32.shr_u (local.get 0) (i32.const {step % 31})) (i32.const 1)) (then")
        print("".join(f"(local.get {local})" for local in range(1, LOCALS + 1)))
        print("(i32.const 1) (i32.add)")
        print("".join(f"(local.set {local})" for local in [*range(2, LOCALS + 1), 1][::-1]))
        print("(call $touch)))")
    print(f"(i32.const {LOCALS})")
    print("".join(f"(local.get {local}) (i32.mul (i32.const 31)) (i32.add)" for local in range(1, LOCALS + 1)))
    print(")")


print('(module (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32))) (memory 1)')
print('(func $touch (drop (call $yield)))')
rotate("many", 250)
rotate("few", 10)
print(")")
