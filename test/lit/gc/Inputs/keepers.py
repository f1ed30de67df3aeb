# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""A module that gives another one an object, as an externref, and makes garbage: the other has no objects itself, and
keeps the only reference. What `main` returns is in keepers.test."""

import sys

from module import (array, array_new_default, br_if, call, DROP, EXTERNREF, field, func, get, I32, i32, I64, leb,
                    loop, sized, struct, struct_get, struct_new, SUB, tee, vector)

POINT, ARRAY, PUT, TAKE, MAIN = range(5)
PUT_IT, TAKE_IT = range(2)
FROM_EXTERN, TO_EXTERN = b"\xfb\x1a", b"\xfb\x1b"
TYPES = [
    struct(field(I64), field(I64)),
    array(field(I64)),
    func([EXTERNREF], []),
    func([], [EXTERNREF]),
    func([], [I64]),
]


def i64(number):
    return b"\x42" + leb(number)


def imported(name, type_index):
    return sized(b"keeper") + sized(name) + b"\0" + leb(type_index)


def section(number, items):
    return bytes([number]) + sized(vector(items))


main = [
    i64(11), i64(22), struct_new(POINT), TO_EXTERN, call(PUT_IT),
    i32(20000), tee(0),
    DROP, loop(i32(100), array_new_default(ARRAY), DROP, get(0), i32(1), SUB, tee(0), br_if(0)),
    call(TAKE_IT), FROM_EXTERN, b"\xfb\x16" + leb(POINT), struct_get(POINT, 0),
]
sys.stdout.buffer.write(
    b"\0asm\1\0\0\0"
    + section(1, TYPES)
    + section(2, [imported(b"put", PUT), imported(b"take", TAKE)])
    + section(3, [leb(MAIN)])
    + section(7, [sized(b"main") + b"\0" + leb(2)])
    + section(10, [sized(vector([b"\x01" + I32]) + b"".join(main) + b"\x0b")]))
