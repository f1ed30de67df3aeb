# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Prints a core dump of WebAssembly's tool conventions: decode_coredump.py FILE. What does not fit the
format ends it with an error."""

import pathlib
import struct
import sys

STANDARD = {5: "memory", 6: "global", 11: "data"}
NUMBERS = {0x7F: (0x41, "i32"), 0x7E: (0x42, "i64"), 0x7D: (0x43, "f32"), 0x7C: (0x44, "f64")}


class Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            sys.exit("the dump ends early")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def zero(self) -> None:
        if self.byte() != 0:
            sys.exit("a reserved byte is not zero")

    def leb(self, is_signed: bool = False) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value - (1 << shift) if is_signed and byte & 0x40 else value

    def name(self) -> str:
        return self.take(self.leb()).decode()

    def vector(self, read: object) -> list:
        return [read() for _ in range(self.leb())]


def constant(reader: Reader, kind: int) -> str:
    opcode, name = NUMBERS[kind]
    if reader.byte() != opcode:
        sys.exit("a global is no constant of its type")
    if name in ("i32", "i64"):
        value = reader.leb(is_signed=True)
    else:
        value = struct.unpack("<f" if name == "f32" else "<d", reader.take(4 if name == "f32" else 8))[0]
    if reader.byte() != 0x0B:
        sys.exit("a constant does not end")
    return f"{name} {value}"


def print_frame(reader: Reader) -> None:
    reader.zero()
    instance, function, offset = reader.leb(), reader.leb(), reader.leb()
    if reader.leb() or reader.leb():
        sys.exit("a frame has values")
    print(f"frame: instance {instance} function {function} offset {offset}")


def print_instance(reader: Reader) -> None:
    reader.zero()
    print(f"instance: module {reader.leb()} memories {reader.vector(reader.leb)} globals {reader.vector(reader.leb)}")


def print_module(reader: Reader) -> None:
    reader.zero()
    print(f"module: {reader.name()!r}")


def print_custom(reader: Reader) -> None:
    kind = reader.name()
    if kind in ("core", "corestack"):
        reader.zero()
        print(f"{kind}: {reader.name()}")
    if kind != "core":
        printers = {"corestack": print_frame, "coremodules": print_module, "coreinstances": print_instance}
        reader.vector(lambda: printers[kind](reader))


def print_memory(reader: Reader) -> None:
    flags = reader.byte()
    print(f"memory: flags {flags} pages {reader.leb()}")


def print_global(reader: Reader) -> None:
    kind = reader.byte()
    reader.zero()
    print(f"global: {constant(reader, kind)}")


def print_data(reader: Reader) -> None:
    if reader.leb() != 2:
        sys.exit("data without a memory")
    memory = reader.leb()
    opcode = reader.byte()
    address = reader.leb(is_signed=True)
    if reader.byte() != 0x0B:
        sys.exit("an address does not end")
    contents = reader.take(reader.leb())
    text = contents.strip(b"\0").decode("latin-1")
    print(f"data: memory {memory} opcode {opcode:#x} address {address} bytes {len(contents)} {text!r}")


def main() -> None:
    reader = Reader(pathlib.Path(sys.argv[1]).read_bytes())
    if reader.take(8) != b"\0asm\1\0\0\0":
        sys.exit("not a module")
    while reader.at < len(reader.data):
        kind = reader.byte()
        section = Reader(reader.take(reader.leb()))
        if kind == 0:
            print_custom(section)
        else:
            printers = {"memory": print_memory, "global": print_global, "data": print_data}
            section.vector(lambda: printers[STANDARD[kind]](section))
        if section.at != len(section.data):
            sys.exit("a section has bytes left")


if __name__ == "__main__":
    main()
