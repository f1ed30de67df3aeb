#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Programs of garbage collection (utils/bench/gc), beside V8 and wasmtime in the same run.

    utils/bench/gc.py --tools FOLDER [--wasmtime FOLDER] [--bin build/release/bin/wasm2native] [--rounds 5] [NAME ...]

FOLDER is node_modules/.bin after `npm install node@24 binaryen`; that of --wasmtime has PyPI's package, after
`pip install --target FOLDER wasmtime`. All engines get the same module, which wasm-opt has optimized. For each program:

  steady   the fastest of many rounds in a process, in microseconds a turn, when V8 has compiled everything
  whole    the fastest process from its start to its end, in milliseconds; modules are compiled before, but for V8

and the ratios of our time to the others': less than 1 is faster. Engines take turns, so that what else the machine does
meets all of them.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

import measuring
from measuring import HERE

FOLDER = HERE / "gc"
# Turns of a round, which then takes some 20 ms.
TURNS = {
    "binary-trees": 60,
    "splay": 12000,
    "hash-map": 4,
    "strings": 120,
    "boxed-numbers": 40,
    "methods": 2000,
    "json": 2000,
    "sort": 5,
    "array-copy": 150,
    "array-fill": 100,
    "short-copies": 800,
}
FEATURES = ["--enable-gc", "--enable-reference-types", "--enable-bulk-memory", "--enable-multivalue",
            "--enable-nontrapping-float-to-int"]
STEADY_ROUNDS = 40
WHOLE_FACTOR = 12  # turns of a whole process, in rounds


def assemble(name, tools, folder):
    """The module of harness and kernel, optimized as producers do it."""
    text = folder / f"{name}.wat"
    text.write_text(f"(module\n{(FOLDER / 'harness.wat').read_text()}{(FOLDER / f'{name}.wat').read_text()})\n")
    wasm = text.with_suffix(".wasm")
    subprocess.run([tools / "wasm-opt", *FEATURES, "-O3", text, "-o", wasm], check=True)
    return wasm


def engines(wasm, arguments):
    """A function from turns and rounds to a command, for each engine."""
    native = wasm.with_suffix(".so")
    subprocess.run([arguments.bin, "-O3", wasm, "-o", native], check=True)
    made = {
        "wasm2native": lambda *counts: [arguments.bin, "run", "--invoke=measure", native, *counts],
        "V8": lambda *counts: [arguments.tools / "node", FOLDER / "run.mjs", wasm, *counts],
    }
    if arguments.wasmtime:
        runner = [sys.executable, FOLDER / "run_wasmtime.py"]
        os.environ["PYTHONPATH"] = str(arguments.wasmtime)
        compiled = wasm.with_suffix(".cwasm")
        subprocess.run([*runner, "compile", wasm, compiled], check=True)
        made["wasmtime"] = lambda *counts: [*runner, "run", compiled, *counts]
    return made


def steady(command, turns):
    result = measuring.run(command(turns, STEADY_ROUNDS), output=True)
    value, nanoseconds = result.output.split()
    return value, int(nanoseconds) / 1e3 / turns


def whole(command, turns):
    result = measuring.run(command(turns * WHOLE_FACTOR, 1), output=True)
    return result.output.split()[0], result.wall * 1e3


def fastest(measure, commands, turns, rounds):
    """The least time of each engine. All have to compute the same."""
    times, values = {}, {}
    for _ in range(rounds):
        for engine, command in commands.items():
            values[engine], time = measure(command, turns)
            times[engine] = min(time, times.get(engine, time))
    if len(set(values.values())) != 1:
        raise SystemExit(f"the engines do not agree: {values}")
    return times


def row(label, times, ratios):
    for engine in ratios:
        ratios[engine].append(times["wasm2native"] / times[engine])
    print(f"{label:24}" + "".join(f"{time:12.1f}" for time in times.values())
          + "".join(f"{of[-1]:14.2f}" for of in ratios.values()), flush=True)


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="programs; all of them without")
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="folder of node and wasm-opt")
    parser.add_argument("--wasmtime", type=pathlib.Path, help="folder of Python's package")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    others = ["V8"] + ["wasmtime"] * bool(arguments.wasmtime)
    ratios = {kind: {engine: [] for engine in others} for kind in ("steady", "whole")}
    print(f"{'':24}{'wasm2native':>12}" + "".join(f"{engine:>12}" for engine in others)
          + "".join(f"{'to ' + engine:>14}" for engine in others))
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.names or TURNS:
            commands = engines(assemble(name, arguments.tools, pathlib.Path(folder)), arguments)
            for kind, measure in (("steady", steady), ("whole", whole)):
                row(f"{name}, {kind}", fastest(measure, commands, TURNS[name], arguments.rounds), ratios[kind])
    for kind, of in ratios.items():
        means = (measuring.geometric_mean(of[engine]) for engine in others)
        print(f"{'geometric mean, ' + kind:24}" + " " * 12 * (1 + len(others))
              + "".join(f"{mean:14.2f}" for mean in means))


if __name__ == "__main__":
    main()
