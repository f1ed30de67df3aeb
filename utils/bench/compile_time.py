#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Time and memory of compiling one module at every optimization level.

    utils/bench/compile_time.py [--bin build/release/bin/wasm2native] [--wasm2c] [--limit 900] python.wasm

Wall-clock and processor seconds, their ratio (cores kept busy), peak memory, sizes of the code and of the whole artifact. With --wasm2c
also the other way through LLVM that Debian has: wasm2c, then clang-22 -O3, one process for the one file that it writes, ended after
--limit seconds of processor time.
"""
import json
import os
import subprocess
import tempfile

import measuring


def print_row(name, run, sizes=""):
    cores = run.processor / run.wall
    print(f"{name:16} {run.wall:7.1f} {run.processor:7.1f} {cores:6.2f} {run.peak_mb:8.0f} {sizes}", flush=True)


def measure_wasm2c(module, folder, limit):
    translation = measuring.run(["wasm2c", "-n", "module", module, "-o", f"{folder}/module.c"])
    print_row("wasm2c", translation)
    clang = ["clang-22", "-O3", "-w", "-c", f"{folder}/module.c", "-o", f"{folder}/module.o"]
    compilation = measuring.run(clang, limit=limit, may_fail=True)
    print_row("clang of its C", compilation, "" if compilation.succeeded else "ended at the limit")


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("--levels", default="O0,O1,O2,O3,Os", help="such as O0,O3")
    parser.add_argument("--wasm2c", action="store_true", help="also wasm2c and clang")
    parser.add_argument("--limit", type=int, default=900, metavar="SECONDS", help="processor time for clang")
    parser.add_argument("module")
    arguments = parser.parse_args()
    print(f"{'level':16} {'wall s':>7} {'cpu s':>7} {'cores':>6} {'peak MB':>8} {'code MB':>8} {'file MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for level in ("-" + level for level in arguments.levels.split(",")):
            output = f"{folder}/module.so"
            compilation = measuring.run([arguments.bin, level, arguments.module, "-o", output])
            info = json.loads(subprocess.run([arguments.bin, "inspect", "--json", output], check=True,
                                             capture_output=True).stdout)
            print_row(level, compilation, f"{info['codeBytes'] / 1e6:8.1f} {os.path.getsize(output) / 1e6:8.1f}")
        if arguments.wasm2c:
            measure_wasm2c(arguments.module, folder, arguments.limit)


if __name__ == "__main__":
    main()
