# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Modules made of vector instructions, as bytes: the instructions are the rows of lib/wasm/OpcodesSimd.def."""

import pathlib
import re
from typing import NamedTuple

TYPES = {"i": 0x7F, "l": 0x7E, "f": 0x7D, "d": 0x7C, "v": 0x7B, "p": 0x7F}
MEMARG = b"\x00\x00"  # any alignment, offset 0


class Row(NamedTuple):
    """A row of the table. `signature` as there: operands ':' results."""

    text: str
    code: int
    immediates: str
    operands: str
    results: str
    log2: int
    feature: str

    @property
    def lanes(self) -> int:
        return 16 >> self.log2


def read_rows() -> list[Row]:
    table = pathlib.Path(__file__).parent.parent / "lib/wasm/OpcodesSimd.def"
    pattern = re.compile(r'WASM_(?:MEM_)?OP\(\w+, 0xFD, (0x\w+), "([^"]+)", (\w+), "(\w*):(\w*)", \w+, (?:(\d), )?(\w+)\)')
    rows = []
    for code, text, immediates, operands, results, log2, feature in pattern.findall(table.read_text()):
        rows.append(Row(text, int(code, 16), immediates, operands, results, int(log2 or 0), feature))
    return rows


def unsigned(value: int) -> bytes:
    """LEB128."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def signed(value: int) -> bytes:
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        if value == (-1 if byte & 0x40 else 0):
            return bytes(out) + bytes([byte])
        out.append(byte | 0x80)


def vector(items: list[bytes]) -> bytes:
    return unsigned(len(items)) + b"".join(items)


def sized(data: bytes) -> bytes:
    return unsigned(len(data)) + data


def section(number: int, items: list[bytes]) -> bytes:
    return bytes([number]) + sized(vector(items))


def name(text: str) -> bytes:
    return sized(text.encode())


def function_type(params: str, results: str) -> bytes:
    return b"\x60" + b"".join(unsigned(len(types)) + bytes(TYPES[letter] for letter in types)
                              for types in (params, results))


def instruction(row: Row, immediates: bytes = b"") -> bytes:
    return b"\xfd" + unsigned(row.code) + immediates


class Function(NamedTuple):
    name: str
    params: str
    results: str
    locals: str
    code: bytes


def module(functions: list[Function], data: bytes = b"", pages: int = 1, imports: list[tuple[str, str, str, str]] = ()) -> bytes:
    """A module with one memory, which holds `data` at 0, and exported functions; `imports` are (module, name, params, results)."""
    types, entries, bodies, exports = [], [], [], []
    for _, _, params, results in imports:
        types.append(function_type(params, results))
    for function in functions:
        entries.append(unsigned(len(types)))
        types.append(function_type(function.params, function.results))
        local_types = vector([b"\x01" + bytes([TYPES[letter]]) for letter in function.locals])
        bodies.append(sized(local_types + function.code + b"\x0b"))
        exports.append(name(function.name) + b"\x00" + unsigned(len(imports) + len(exports)))
    exports.append(name("memory") + b"\x02\x00")
    parts = [section(1, types)]
    if imports:
        parts.append(section(2, [name(module_name) + name(field) + b"\x00" + unsigned(index)
                                 for index, (module_name, field, _, _) in enumerate(imports)]))
    parts += [section(3, entries), section(5, [b"\x00" + unsigned(pages)]), section(7, exports), section(10, bodies)]
    if data:
        parts.append(section(11, [b"\x00\x41\x00\x0b" + sized(data)]))
    return b"\x00asm\x01\x00\x00\x00" + b"".join(parts)
