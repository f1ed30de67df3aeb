#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The cost of deadlines, and how exact they are: builds and runs interrupts/interrupts.c.

    utils/bench/interrupts.py [--build build/release]
"""
import argparse
import pathlib
import subprocess
import tempfile

from measuring import HERE, ROOT


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    build = parser.parse_args().build.resolve()
    with tempfile.TemporaryDirectory() as name:
        wasm, artifact, program = (pathlib.Path(name) / file for file in ("loop.wasm", "loop.so", "interrupts"))
        subprocess.run(["wat2wasm", HERE / "interrupts/loop.wat", "-o", wasm], check=True)
        subprocess.run([build / "bin/wasm2native", wasm, "-o", artifact], check=True)
        subprocess.run(["clang-22", "-O2", HERE / "interrupts/interrupts.c", f"-I{ROOT / 'include'}", "-o", program,
                        f"-L{build / 'lib'}", "-lwasm2native-runtime", f"-Wl,-rpath,{build / 'lib'}"], check=True)
        subprocess.run([program, artifact], check=True)


if __name__ == "__main__":
    main()
