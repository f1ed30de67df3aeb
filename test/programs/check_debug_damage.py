# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Damaged DWARF in a module never crashes the compiler: what makes no sense is left out, and the code is the same."""

import argparse
import pathlib
import random
import subprocess
import sys

SHAPES = pathlib.Path(__file__).parent / "debugger/shapes.c"
MUTATIONS = 12


def read_leb(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def debug_ranges(wasm: bytes) -> list[tuple[str, int, int]]:
    """Name, begin and end of the contents of each section with DWARF."""
    found, at = [], 8
    while at < len(wasm):
        kind = wasm[at]
        size, begin = read_leb(wasm, at + 1)
        at = begin + size
        if kind == 0:
            length, name_begin = read_leb(wasm, begin)
            name = wasm[name_begin:name_begin + length].decode()
            if name.startswith(".debug_"):
                found.append((name, name_begin + length, at))
    return found


def damaged(wasm: bytes, seed: int) -> bytes:
    generator = random.Random(seed)
    result = bytearray(wasm)
    ranges = [span for span in debug_ranges(wasm) if span[1] < span[2]]
    for _ in range(generator.choice((1, 4, 40))):
        _, begin, end = generator.choice(ranges)
        result[generator.randrange(begin, end)] = generator.choice((0, 1, 0x7F, 0xFF, generator.randrange(256)))
    return bytes(result)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("wasm2native", "clang", "work"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--mutations", type=int, default=MUTATIONS)
    options = parser.parse_args()
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    modules = []
    for level in ("-O0", "-O2"):
        module = work / f"good{level}.wasm"
        subprocess.run([options.clang, "--target=wasm32-wasi", "-Wno-deprecated", "-g", level, "-c", SHAPES, "-o",
                        work / "shapes.o"], check=True)
        subprocess.run([options.clang, "--target=wasm32-wasi", "-Wno-deprecated", "-nostdlib", "-Wl,--no-entry",
                        "-Wl,--export=area", "-Wl,--export=divide", "-Wl,--allow-undefined",
                        work / "shapes.o", "-o", module], check=True)
        modules.append(module.read_bytes())
        if not debug_ranges(modules[-1]):
            sys.exit("clang made no DWARF")
    for seed in range(options.mutations):
        bad = work / "bad.wasm"
        bad.write_bytes(damaged(modules[seed % 2], seed))
        done = subprocess.run([options.wasm2native, "-g", ("-O0", "-O3")[seed // 2 % 2], "-j1", bad, "-o",
                               work / "bad.so"], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            sys.exit(f"seed {seed}: ended with {done.returncode}\n{done.stderr}")


if __name__ == "__main__":
    main()
