# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Functions that make more garbage than a heap has room for: what they return is in collect.test."""

from module import (ADD, array, array_len, array_new_default, block, br_if, call, EMPTY, field, func, get,
                    global_get, global_set, I32, i32, I8, loop, null, ref_null, RETURN, set_, struct,
                    struct_get, struct_new, struct_new_default, SUB, tee, write)

UNARY, NODE, MAKE, COUNT, BYTES, FOREVER = range(6)
MAKE_TREE, COUNT_NODES, TREES = range(3)

TYPES = [
    func([I32], [I32]),
    struct(field(ref_null(NODE)), field(ref_null(NODE))),
    func([I32], [ref_null(NODE)]),
    func([ref_null(NODE)], [I32]),
    array(field(I8)),
    func([], []),
]
IS_NULL, EQZ = b"\xd1", b"\x45"


def smaller():
    return get(0) + i32(1) + SUB


write(
    TYPES,
    [
        # A tree of so many levels below its root.
        ("make", MAKE, [], [
            block(EMPTY, get(0), br_if(0), struct_new_default(NODE), RETURN),
            smaller(), call(MAKE_TREE), smaller(), call(MAKE_TREE), struct_new(NODE)]),
        ("count", COUNT, [], [
            block(EMPTY, get(0), IS_NULL, EQZ, br_if(0), i32(0), RETURN),
            i32(1), get(0), struct_get(NODE, 0), call(COUNT_NODES), ADD,
            get(0), struct_get(NODE, 1), call(COUNT_NODES), ADD]),
        # As many trees of 511 nodes as the argument says, one after the other, beside one of 2047 that stays.
        ("trees", UNARY, [ref_null(NODE), I32], [
            i32(10), call(MAKE_TREE), set_(1),
            loop(get(2), i32(8), call(MAKE_TREE), call(COUNT_NODES), ADD, set_(2), smaller(), tee(0), br_if(0)),
            get(2), get(1), call(COUNT_NODES), ADD]),
        # The same, and the one that stays is in a global.
        ("global", UNARY, [], [
            i32(10), call(MAKE_TREE), global_set(0), get(0), call(TREES), global_get(0), call(COUNT_NODES), ADD]),
        # So many arrays of 100,000 bytes.
        ("arrays", UNARY, [I32], [
            loop(get(1), i32(100000), array_new_default(BYTES), array_len(), ADD, set_(1), smaller(), tee(0), br_if(0)),
            get(1)]),
        # A list without end.
        ("forever", FOREVER, [ref_null(NODE)], [
            loop(get(0), null(NODE), struct_new(NODE), set_(0), i32(1), br_if(0))]),
    ],
    globals_=[(ref_null(NODE), null(NODE))],
)
