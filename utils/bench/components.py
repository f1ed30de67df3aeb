#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Calls between two components of one artifact, in nanoseconds for each, beside the same loops in C and beside
wasmtime, if PyPI's package is there; and what an instance takes, cold and from a pool, beside one of a module with one
memory.

    utils/bench/components.py [--build build/release] [--rounds 5]

The programs take turns, and the least processor time of each counts. The sums that the loops print must be equal.
"""
import argparse
import importlib.util
import pathlib
import subprocess
import sys
import tempfile

from measuring import HERE, ROOT

FOLDER = HERE / "components"
# Each with so many rounds that it takes some tenths of a second.
LOOPS = {"numbers": 50_000_000, "strings": 5_000_000, "handles": 1_000_000}
STARTS = {"cold": 5_000, "pooled": 50_000}
# The loop of the component, called once; the rest as ours.c.
WASMTIME = """
import pathlib, sys, time, wasmtime, wasmtime.component
path, loop, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
engine = wasmtime.Engine()
component = wasmtime.component.Component(engine, pathlib.Path(path).read_bytes())
store = wasmtime.Store(engine)
function = wasmtime.component.Linker(engine).instantiate(store, component).get_func(store, loop)
function(store, 1)
begin = time.process_time_ns()
value = function(store, count)
print(value, (time.process_time_ns() - begin) / count)
"""
# An empty function, as that of the component, and a memory of the same size.
MODULE = '(module (memory (export "mem") 2) (func (export "empty")))'


def measure(commands, rounds):
    """The least nanoseconds of each command, which take turns; they must print the same number."""
    least, sums = {}, {}
    for _ in range(rounds):
        for name, command in commands.items():
            words = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout.split()
            sums[name] = words[0]
            least[name] = min(float(words[1]), least.get(name, float("inf")))
    if len(set(sums.values())) != 1:
        raise SystemExit(f"the results differ: {sums}")
    return least


def print_row(name, figures, base):
    text = "".join(f"  {who} {ns:10.2f} ns" for who, ns in figures.items())
    ratios = ", ".join(f"{figures['ours'] / figures[who]:.2f} of {who}" for who in base if who in figures)
    print(f"{name:10}{text}  ({ratios})")


def build_programs(build, work):
    """The artifacts and the two programs."""
    def run(*command):
        subprocess.run(list(map(str, command)), check=True)

    runtime = build / "lib/libwasm2native-runtime.so"
    component, module = work / "calls.wasm", work / "module.wat"
    component.write_bytes(bytes.fromhex((FOLDER / "calls.hex").read_text()))
    module.write_text(MODULE)
    run("wat2wasm", module, "-o", work / "module.wasm")
    for name in ("calls", "module"):
        run(build / "bin/wasm2native", "-O3", work / f"{name}.wasm", "-o", work / f"{name}.so")
    run("clang-22", "-O3", FOLDER / "native.c", "-o", work / "native")
    run("clang-22", "-O2", FOLDER / "ours.c", f"-I{ROOT / 'include'}", runtime, "-o", work / "ours",
        f"-Wl,-rpath,{runtime.parent}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    has_wasmtime = importlib.util.find_spec("wasmtime") is not None
    if not has_wasmtime:
        print("wasmtime: PyPI's package is not there")
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        build_programs(options.build.resolve(), work)
        ours = [work / "ours", work / "calls.so", work / "module.so"]
        for loop, count in LOOPS.items():
            commands = {"ours": [*ours, loop, count], "C": [work / "native", loop, count]}
            if has_wasmtime:
                commands["wasmtime"] = [sys.executable, "-c", WASMTIME, work / "calls.wasm", loop, count]
            print_row(loop, measure(commands, options.rounds), ("C", "wasmtime"))
        for start, count in STARTS.items():
            commands = {"ours": [*ours, start, count], "module": [*ours, f"{start}-module", count]}
            print_row(start, measure(commands, options.rounds), ("module",))


if __name__ == "__main__":
    main()
