#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The cost of calls of WASI, beside the same system calls of a native program.

    utils/bench/wasi_calls.py [--bin build/release/bin/wasm2native] [--rounds 7] [--also OTHER/wasm2native]

One source, compiled natively and to wasm; programs take turns. Prints the least processor time of a call: native, the ratio to it and the
difference in nanoseconds for wasm2native (and another build of it), and the ratio for Node.js.
"""
import os
import pathlib
import subprocess
import tempfile

import measuring

SOURCE = measuring.HERE / "wasi/calls.c"
NODE = """
const { WASI } = require('node:wasi');
const [wasm, work] = process.argv.slice(1);
const wasi = new WASI({ version: 'preview1', args: ['calls', '/work'], preopens: { '/work': work, '/dev': '/dev' } });
WebAssembly.instantiate(require('node:fs').readFileSync(wasm), wasi.getImportObject()).then(({ instance }) => wasi.start(instance));
"""


def run(command):
    """Step by step: the nanoseconds of a call."""
    readEnd, writeEnd = os.pipe()
    done = subprocess.run(command, stdin=readEnd, stdout=writeEnd, stderr=subprocess.PIPE, text=True)
    os.close(readEnd)
    os.close(writeEnd)
    rows = [line.split("\t") for line in done.stderr.splitlines() if "\t" in line]
    if done.returncode != 0:
        raise SystemExit(f"{command}: status {done.returncode}\n{done.stderr}")
    return {name: float(ns) for name, ns in rows}


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("--also", type=pathlib.Path, help="another build, for before and after")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = pathlib.Path(name)
        (folder / "file").write_text("0123456789")
        native, wasm, artifact = folder / "native", folder / "calls.wasm", folder / "calls.so"
        subprocess.run(["clang-22", "-O2", "-D_GNU_SOURCE", SOURCE, "-o", native], check=True)
        measuring.compile_to_wasm(SOURCE, wasm, "-O2")
        subprocess.run([arguments.bin, "-O3", wasm, "-o", artifact], check=True)
        sandbox = ["--dir", f"{folder}::/work", "--dir", "/dev::/dev"]
        commands = {"native": [native, folder]}
        for label, binary in (("wasm2native", arguments.bin), ("other", arguments.also)):
            if binary:
                commands[label] = [binary, "run", *sandbox, artifact, "--", "/work"]
        commands["Node.js"] = ["node", "--no-warnings", "-e", NODE, wasm, folder]
        least = {}
        for _ in range(arguments.rounds):
            for label, command in commands.items():
                for step, ns in run(command).items():
                    times = least.setdefault(step, {})
                    times[label] = min(ns, times.get(label, ns))
    print("| call | native | " + " | ".join(f"{label} | more" for label in commands if label != "native") + " |")
    print("| --- |" + " --- |" * (2 * len(commands) - 1))
    for step, times in least.items():
        columns = [f"{times[label] / times['native']:.2f} | {times[label] - times['native']:.0f} ns" for label in commands if label != "native"]
        print(f"| {step} | {times['native']:.0f} ns | " + " | ".join(columns) + " |")


if __name__ == "__main__":
    main()
