# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Code as a tree, so that the reducer can replace parts of it, and the module around it, as bytes."""

import pathlib
import re
import struct
import sys
from typing import NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent))
from vector_module import TYPES, Row, function_type, name, section, signed, sized, unsigned, vector  # noqa: F401

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
NAN = {"f": 0x7FC00000, "d": 0x7FF8 << 48}


class Node:
    """An expression of type `kind` (a letter of Opcodes.def, "" is a statement): instructions, and the trees between them."""

    __slots__ = ("kind", "parts")

    def __init__(self, kind, *parts):
        self.kind, self.parts = kind, list(parts)

    def encode(self, out):
        for part in self.parts:
            if isinstance(part, bytes):
                out.append(part)
            else:
                part.encode(out)

    def __bytes__(self):
        out = []
        self.encode(out)
        return b"".join(out)


class Operation(NamedTuple):
    """A row of the compiler's tables of instructions; `code` has the prefix."""

    text: str
    code: bytes
    immediates: str
    operands: str
    results: str
    log2: int
    feature: str


def read_operations():
    """All instructions on numbers whose signature the tables give and that Node.js has: no atomic and relaxed ones, no wide arithmetic."""
    pattern = re.compile(r'WASM_(?:MEM_)?OP\(\w+, 0x(\w+), 0x(\w+), "([^"]+)", (\w+), "(\w*):(\w*)", \w+, (?:(\d), )?(\w+)\)')
    found = []
    for file in ("Opcodes.def", "OpcodesSimd.def"):
        text = (ROOT / "lib/wasm" / file).read_text()
        for prefix, code, text, immediates, operands, results, log2, feature in pattern.findall(text):
            if feature in ("RelaxedSimd", "WideArithmetic", "GarbageCollection") or text == "nop":
                continue
            encoded = bytes([int(code, 16)]) if prefix == "00" else bytes([int(prefix, 16)]) + unsigned(int(code, 16))
            found.append(Operation(text, encoded, immediates, operands, results, int(log2 or 0), feature))
    assert len(found) > 300, "the tables of instructions have another form"
    return found


OPERATIONS = {operation.text: operation for operation in read_operations()}


def op(text, *operands, immediates=b""):
    """Instruction `text` on the trees `operands`."""
    operation = OPERATIONS[text]
    return Node(operation.results, *operands, operation.code + immediates)


def constant(kind, value):
    """`value` as bits."""
    if kind == "i":
        return Node("i", b"\x41" + signed((value + (1 << 31)) % (1 << 32) - (1 << 31)))
    if kind == "l":
        return Node("l", b"\x42" + signed((value + (1 << 63)) % (1 << 64) - (1 << 63)))
    if kind == "f":
        return Node("f", b"\x43" + struct.pack("<I", value % (1 << 32)))
    if kind == "d":
        return Node("d", b"\x44" + struct.pack("<Q", value % (1 << 64)))
    return Node("v", b"\xfd\x0c" + (value % (1 << 128)).to_bytes(16, "little"))


def i32(value):
    return constant("i", value)


def get(local):
    return Node(local.kind, b"\x20" + unsigned(local.index))


def put(local, value):
    return Node("", value, b"\x21" + unsigned(local.index))


def tee(local, value):
    return Node(local.kind, value, b"\x22" + unsigned(local.index))


def global_get(kind, index):
    return Node(kind, b"\x23" + unsigned(index))


def global_set(index, value):
    return Node("", value, b"\x24" + unsigned(index))


def memarg(log2, offset, align=None):
    return unsigned(log2 if align is None else align) + unsigned(offset)


class Local(NamedTuple):
    kind: str
    index: int


class Function:
    """A function of the module that is made: its signature, its locals, and its body as statements and results."""

    def __init__(self, params, results):
        self.params, self.results = params, results
        self.locals = list(params)
        self.body = []

    def local(self, kind):
        self.locals.append(kind)
        return Local(kind, len(self.locals) - 1)

    def encode(self):
        kinds = self.locals[len(self.params):]
        code = []
        for part in self.body:
            part.encode(code)
        return sized(vector([b"\x01" + bytes([TYPES[kind]]) for kind in kinds]) + b"".join(code) + b"\x0b")


def canonical(function, value):
    """`value`, with every NaN replaced by the canonical one: which NaN arithmetic gives is not for the program to see."""
    kind = value.kind
    temporary = function.local(kind)
    prefix = "f32" if kind == "f" else "f64"
    same = op(prefix + ".eq", get(temporary), get(temporary))
    return Node(kind, tee(temporary, value), constant(kind, NAN[kind]), same, b"\x1b")


def canonical_lanes(function, value, prefix):
    """The same for vectors; `prefix` is "f32x4" or "f64x2"."""
    temporary = function.local("v")
    lanes = NAN["f"] * 0x1000000010000000100000001 if prefix == "f32x4" else NAN["d"] * ((1 << 64) + 1)
    return op("v128.bitselect", tee(temporary, value), constant("v", lanes), op(prefix + ".eq", get(temporary), get(temporary)))
