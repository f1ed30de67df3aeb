# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Writes modules with one branch hint each, good and bad, to the directory that is named."""
import sys

HINTS = {  # functions, index, hints, offset, size, value
    "good": [1, 0, 1, 3, 1, 1],
    "beyond": [1, 0, 1, 7, 1, 1],
    "size": [1, 0, 1, 3, 2, 1, 1],
    "value": [1, 0, 1, 3, 1, 2],
    "cut": [1, 0, 2, 3, 1, 1],
    "function": [1, 1, 1, 3, 1, 1],
}
NAME = b"metadata.code.branch_hint"


def section(number, content):
    return bytes([number, len(content)]) + content


for name, hint in HINTS.items():
    with open(f"{sys.argv[1]}/{name}.wasm", "wb") as file:
        file.write(
            b"\0asm\1\0\0\0"
            + section(1, bytes([1, 0x60, 1, 0x7F, 0]))
            + section(3, bytes([1, 0]))
            + section(0, bytes([len(NAME)]) + NAME + bytes(hint))
            + section(10, bytes([1, 6, 0, 0x20, 0, 0x0D, 0, 0x0B]))
        )
