# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Writes a module whose functions call a reference, null or not: wat2wasm knows no call_ref.

(module
  (type $f (func (param i32) (result i32)))
  (global $ref (mut (ref null $f)) (ref.null $f))
  (func $double (type $f) (i32.add (local.get 0) (local.get 0)))
  (elem declare func $double)
  (func (export "null") (param i32) (result i32) (call_ref $f (local.get 0) (global.get $ref)))
  (func (export "set") (param i32) (result i32)
    (global.set $ref (ref.func $double)) (call_ref $f (local.get 0) (global.get $ref)))
  (func (export "tail") (param i32) (result i32) (return_call_ref $f (local.get 0) (global.get $ref))))
"""

import sys


def section(number, *items):
    content = bytes([len(items)]) + b"".join(items)
    return bytes([number, len(content)]) + content


def body(*code):
    content = bytes([0, *code, 0x0B])
    return bytes([len(content)]) + content


def export(name, function):
    return bytes([len(name)]) + name.encode() + bytes([0, function])


LOCAL, REF, CALL_REF, RETURN_CALL_REF = (0x20, 0), (0x23, 0), (0x14, 0), (0x15, 0)
sys.stdout.buffer.write(
    b"\0asm\1\0\0\0"
    + section(1, bytes([0x60, 1, 0x7F, 1, 0x7F]))
    + section(3, b"\0", b"\0", b"\0", b"\0")
    + section(6, bytes([0x63, 0, 1, 0xD0, 0, 0x0B]))
    + section(7, export("null", 1), export("set", 2), export("tail", 3))
    + section(9, bytes([3, 0, 1, 0]))
    + section(
        10,
        body(*LOCAL, *LOCAL, 0x6A),
        body(*LOCAL, *REF, *CALL_REF),
        body(0xD2, 0, 0x24, 0, *LOCAL, *REF, *CALL_REF),
        body(*LOCAL, *REF, *RETURN_CALL_REF),
    )
)
