#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Calls between host and guest, in nanoseconds: our API, typed and not, the standard one, and Python, beside a call
through a pointer; and the standard API of Wasmtime, if the folder of its library is given or PyPI's package is there.

    utils/bench/embedding.py [--build build/release] [--wasmtime FOLDER_OR_FILE_OF_LIBWASMTIME]
"""
import argparse
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile

from measuring import HERE, ROOT

PYTHON = """
import pathlib, sys, time
from wasm2native import I32, Linker, Module
linker = Linker()
linker.define("host", "add", [I32, I32], [I32], lambda caller, left, right: left + right)
add = linker.instantiate(Module.load(pathlib.Path(sys.argv[1]))).function("add")
least = 1e30
for _ in range(5):
    begin = time.perf_counter_ns()
    for number in range(20000):
        add(number, 1)
    least = min(least, (time.perf_counter_ns() - begin) / 20000)
print(f"Python\\t{least:.2f}")
"""


def wasmtime_library(given):
    """The library of Wasmtime; PyPI's package has one, which exports the standard API."""
    if given:
        return next(pathlib.Path(given).glob("**/*wasmtime*.so"), None) if os.path.isdir(given) else pathlib.Path(given)
    found = importlib.util.find_spec("wasmtime")
    return next(pathlib.Path(found.origin).parent.glob("**/*.so"), None) if found else None


def figures(command, **variables):
    done = subprocess.run([str(word) for word in command], env=dict(os.environ, **variables), capture_output=True,
                          text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def build_standard(program, library):
    subprocess.run(["clang-22", "-O2", HERE / "embedding/standard.c", f"-I{ROOT / 'include'}", library, "-o", program,
                    f"-Wl,-rpath,{library.parent}"], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--wasmtime")
    options = parser.parse_args()
    build = options.build.resolve()
    runtime = build / "lib/libwasm2native-runtime.so"
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        wasm, artifact = work / "calls.wasm", work / "calls.so"
        subprocess.run(["wat2wasm", HERE / "embedding/calls.wat", "-o", wasm], check=True)
        subprocess.run([build / "bin/wasm2native", wasm, "-o", artifact], check=True)
        subprocess.run(["clang++-22", "-std=c++20", "-O2", HERE / "embedding/calls.cpp", f"-I{ROOT / 'include'}",
                        runtime, "-o", work / "calls", f"-Wl,-rpath,{runtime.parent}"], check=True)
        rows = figures([work / "calls", artifact])
        build_standard(work / "standard", runtime)
        rows += figures([work / "standard", wasm], WASM2NATIVE_CACHE_DIR=str(work / "cache"))
        rows += figures([sys.executable, "-c", PYTHON, artifact], PYTHONPATH=str(ROOT / "bindings/python"),
                        WASM2NATIVE_RUNTIME=str(runtime))
        if library := wasmtime_library(options.wasmtime):
            build_standard(work / "wasmtime", library)
            rows += [[f"Wasmtime: {row}", ns] for row, ns in figures([work / "wasmtime", wasm])]
    floor = float(rows[0][1])
    print(f"{'':30} {'ns':>8} {'beyond a pointer':>17}")
    for row, ns in rows:
        print(f"{row:30} {float(ns):8.2f} {float(ns) - floor:17.2f}")


if __name__ == "__main__":
    main()
