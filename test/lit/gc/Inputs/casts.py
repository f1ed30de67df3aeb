# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Casts to a final type and to one that has subtypes, and what is known of the type that they are made from."""

from module import (ANYREF, field, func, get, I32, ref, ref_test, struct, struct_get, struct_new, sub, write)

FINAL, OPEN, BELOW, TEST, TEST_OPEN, ALLOCATE = range(6)

write(
    [
        struct(field(I32)),
        sub(struct(field(I32))),
        sub(struct(field(I32), field(I32)), OPEN, final=True),
        func([ANYREF], [I32]),
        func([ref(OPEN)], [I32]),
        func([I32], [ref(FINAL)]),
    ],
    [
        ("final", TEST, [], [get(0), ref_test(FINAL)]),
        ("open", TEST, [], [get(0), ref_test(OPEN)]),
        ("below", TEST_OPEN, [], [get(0), ref_test(BELOW)]),
        ("known", TEST_OPEN, [], [get(0), ref_test(OPEN)]),
        ("field", TEST_OPEN, [], [get(0), struct_get(OPEN, 0)]),
        ("allocate", ALLOCATE, [], [get(0), struct_new(FINAL)]),
    ],
)
