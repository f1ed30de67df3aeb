# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Functions that make objects and look at them: what they return is in objects.test."""

from module import (ADD, any_convert_extern, ANYREF, array, array_copy, array_fill, array_get, array_get_u,
                    array_len, array_new, array_new_data, array_new_default, array_new_fixed, block, br_if,
                    EMPTY, EQ, EQREF, extern_convert_any, EXTERNREF, F64, field, func, FUNCREF, get,
                    global_get, I16, i31_get_s, I31REF, I32, i32, I64, I8, loop, MUL, null, ref, ref_cast,
                    ref_i31, ref_null, ref_test, set_, struct, struct_get, struct_get_s, struct_get_u,
                    struct_new, struct_new_default, SUB, sub, table_get, table_set, tee, throw, try_table,
                    UNREACHABLE, V128, write)

UNARY, POINT, POINT3, NODE, INTS, BYTES, SHAPE, NULLARY, TAG = range(9)

TYPES = [
    func([I32], [I32]),
    sub(struct(field(I32), field(I8), field(I64), field(I16))),
    sub(struct(field(I32), field(I8), field(I64), field(I16), field(V128), field(F64)), POINT, final=True),
    struct(field(I32), field(ref_null(3))),
    array(field(I32)),
    array(field(I8)),
    struct(field(ANYREF), field(EXTERNREF), field(FUNCREF)),
    func([], [I32]),
    func([ref_null(NODE), EXTERNREF], []),
    func([], [ref_null(NODE), EXTERNREF]),
]

write(
    TYPES,
    [
        # Fields of all widths, the packed ones with a sign and without.
        ("packed", UNARY, [ref_null(POINT)], [
            i32(7), get(0), b"\x42\x09", get(0), struct_new(POINT), tee(1),
            struct_get_s(POINT, 1), get(1), struct_get_u(POINT, 3), ADD,
            get(1), struct_get(POINT, 2), b"\xa7", ADD]),
        # A list of as many nodes as the argument says: the sum of what they hold.
        ("list", UNARY, [ref_null(NODE), I32], [
            loop(get(0), get(1), struct_new(NODE), set_(1),
                 get(0), i32(1), SUB, tee(0), br_if(0)),
            loop(get(2), get(1), struct_get(NODE, 0), ADD, set_(2),
                 get(1), struct_get(NODE, 1), tee(1), b"\xd1", b"\x45", br_if(0)),
            get(2)]),
        # array.new, fill, copy onto itself, get.
        ("array", UNARY, [ref_null(INTS)], [
            i32(3), i32(10), array_new(INTS), set_(1),
            get(1), i32(2), i32(5), i32(4), array_fill(INTS),
            get(1), i32(1), get(1), i32(0), i32(6), array_copy(INTS, INTS),
            get(1), get(0), array_get(INTS), i32(100), MUL, get(1), array_len(), ADD]),
        ("data", UNARY, [], [i32(1), i32(3), array_new_data(BYTES, 0), get(0), array_get_u(BYTES)]),
        ("fixed", UNARY, [], [i32(10), i32(20), i32(30), array_new_fixed(INTS, 3), get(0), array_get(INTS)]),
        # 1 for a point, 2 for one of three dimensions, 3 for an i31, 4 for an array, 0 for null.
        ("kind", UNARY, [ANYREF], [
            block(EMPTY, get(0), i32(1), EQ, b"\x45", br_if(0), struct_new_default(POINT), set_(1)),
            block(EMPTY, get(0), i32(2), EQ, b"\x45", br_if(0), struct_new_default(POINT3), set_(1)),
            block(EMPTY, get(0), i32(3), EQ, b"\x45", br_if(0), i32(-5), ref_i31(), set_(1)),
            block(EMPTY, get(0), i32(4), EQ, b"\x45", br_if(0), i32(2), array_new_default(INTS), set_(1)),
            get(1), ref_test(POINT), get(1), ref_test(POINT3), ADD,
            get(1), ref_test(b"\x6c"), i32(3), MUL, ADD, get(1), ref_test(b"\x6a"), i32(4), MUL, ADD]),
        ("cast", UNARY, [ANYREF], [
            block(EMPTY, get(0), b"\x45", br_if(0), struct_new_default(POINT), set_(1)),
            get(1), ref_cast(POINT3), struct_get(POINT3, 0)]),
        ("i31", UNARY, [], [get(0), ref_i31(), i31_get_s()]),
        # An externref and back is the same object.
        ("external", UNARY, [EQREF], [
            get(0), null(NODE), struct_new(NODE), tee(1), extern_convert_any(), any_convert_extern(),
            ref_cast(NODE), get(1), b"\xd3"]),
        ("null", NULLARY, [], [null(NODE), struct_get(NODE, 0)]),
        ("nullarray", NULLARY, [], [null(INTS), array_len()]),
        ("global", UNARY, [], [global_get(0), struct_get(NODE, 0), global_get(1), get(0), array_get(INTS), ADD]),
        # Through a table, as an i31 and as an object.
        ("table", UNARY, [], [
            i32(0), i32(-3), ref_i31(), table_set(0), i32(1), get(0), null(NODE), struct_new(NODE), table_set(0),
            i32(0), table_get(0), ref_cast(I31REF), i31_get_s(),
            i32(1), table_get(0), ref_cast(NODE), struct_get(NODE, 0), ADD]),
        # With an exception.
        ("thrown", UNARY, [EXTERNREF], [
            block(ref_null(NODE), block(b"\x09", try_table(
                0, 0, get(0), null(NODE), struct_new(NODE), i32(4), ref_i31(), extern_convert_any(),
                throw(0)), UNREACHABLE),
                set_(1)),
            struct_get(NODE, 0), get(1), any_convert_extern(), ref_cast(I31REF), i31_get_s(), ADD]),
        ("huge", UNARY, [], [get(0), array_new_default(INTS), array_len()]),
    ],
    globals_=[(ref(NODE), i32(41) + null(NODE) + struct_new(NODE)),
              (ref(INTS), i32(1) + i32(4) + array_new(INTS))],
    data=[b"abcdef"],
    tables=[ANYREF],
    tags=[TAG],
)
