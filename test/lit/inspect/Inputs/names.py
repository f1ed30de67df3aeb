# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Writes a module with a table, a memory and a global, all with names: FILE LIMITS, the memory's limits in hexadecimal."""
import sys


def sized(content):
    return bytes([len(content)]) + content


def section(number, content):
    return bytes([number]) + sized(content)


def name_map(number, name):
    return section(number, bytes([1, 0]) + sized(name))


path, limits = sys.argv[1:]
names = name_map(5, b"t") + name_map(6, b"heap") + name_map(7, b"g")
with open(path, "wb") as file:
    file.write(
        b"\0asm\1\0\0\0"
        + section(4, bytes([1, 0x70, 0, 1]))
        + section(5, b"\1" + bytes.fromhex(limits))
        + section(6, bytes([1, 0x7F, 0, 0x41, 0, 0x0B]))
        + section(0, sized(b"name") + names)
    )
