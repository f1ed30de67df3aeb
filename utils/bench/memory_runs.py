#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Searches, copies and fills: compiled wasm beside native code, whose C library has the processor's widest vectors.

    utils/bench/memory_runs.py [--bin build/release/bin/wasm2native] [--rounds 9] [--option OPTION]

Native and compiled runs alternate; the least time of each counts. The lengths of copies and fills cannot be predicted.
"""
import pathlib
import subprocess
import tempfile

import measuring


def measure(command, least):
    for line in subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        name, time = line.rsplit(" ", 1)
        least[name] = min(least.get(name, 1e30), float(time))


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--option", action="append", default=[], help="a further option of wasm2native compile")
    arguments = parser.parse_args()
    source = measuring.HERE / "memory_runs/runs.c"
    with tempfile.TemporaryDirectory() as name:
        native, wasm, artifact = (pathlib.Path(name) / file for file in ("native", "runs.wasm", "runs.so"))
        subprocess.run(["clang-22", "-O3", source, "-o", native], check=True)
        measuring.compile_to_wasm(source, wasm)
        subprocess.run([arguments.bin, "compile", "-O3", *arguments.option, wasm, "-o", artifact], check=True)
        natively, compiled = {}, {}
        for _ in range(arguments.rounds):
            measure([native], natively)
            measure([arguments.bin, "run", artifact], compiled)
    print(f"{'':18} {'native ns':>10} {'wasm2native':>12}   (ratio)")
    for name, time in natively.items():
        print(f"{name:18} {time:10.1f} {compiled[name] / time:12.2f}")


if __name__ == "__main__":
    main()
