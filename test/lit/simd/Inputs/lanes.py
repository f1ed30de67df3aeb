# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# A function with a lane index that no text names: wat2wasm would refuse it.
import sys

body = b"\x00\x20\x00\xfd\x1b\x04\x0b"  # local.get 0, i32x4.extract_lane 4
sys.stdout.buffer.write(
    b"\x00asm\x01\x00\x00\x00" b"\x01\x06\x01\x60\x01\x7b\x01\x7f" b"\x03\x02\x01\x00"
    b"\x0a" + bytes([len(body) + 2, 1, len(body)]) + body + b"\x00\x0b\x04name\x01\x04\x01\x00\x01f")
