# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Builds one Go or Rust program natively and as wasm, and requires the same of both as run_program.py does, whose
comments "// ARGUMENTS: ..." and so on it reads. Without the compiler, or what it needs for wasm, it says so and ends with
status 77, for which the test counts as skipped.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
from typing import NoReturn

from harness import add_command_options, build, fresh_directory
from run_program import compare

# A Go program has a garbage collector and a scheduler in it, megabytes of code, and the subject is its library.
MODES = [("-O0", "guard")]


def skip(text: str) -> NoReturn:
    print(f"skipped: {text}")
    sys.exit(77)


def words_printed(command: list[str]) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout.split()


def build_go(go: str, source: pathlib.Path, native: pathlib.Path, wasm: pathlib.Path) -> None:
    if "wasip1/wasm" not in words_printed([go, "tool", "dist", "list"]):
        skip("this Go does not compile for wasip1")
    for target, output in ({}, native), ({"GOOS": "wasip1", "GOARCH": "wasm"}, wasm):
        variables = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": "", "GO111MODULE": "auto", **target}
        build(["env", *(f"{name}={value}" for name, value in variables.items()), go, "build", "-o", str(output),
               str(source)])


def build_rust(rustc: str, source: pathlib.Path, native: pathlib.Path, wasm: pathlib.Path) -> None:
    libraries = words_printed([rustc, "--print", "target-libdir", "--target", "wasm32-wasip1"])
    if not libraries or not os.path.isdir(libraries[0]):
        skip("rustc has no library for wasm32-wasip1 (rustup target add wasm32-wasip1)")
    build([rustc, "--edition=2021", "-O", "-o", str(native), str(source)])
    build([rustc, "--edition=2021", "-O", "--target", "wasm32-wasip1", "-o", str(wasm), str(source)])


TOOLCHAINS = {".go": ("go", build_go), ".rs": ("rustc", build_rust)}


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.set_defaults(modes=MODES)
    parser.add_argument("source", type=pathlib.Path)
    options = parser.parse_args()
    name, build_both = TOOLCHAINS[options.source.suffix]
    compiler = shutil.which(name)
    if not compiler:
        skip(f"no {name}")
    fresh_directory(options.work)
    native, wasm = options.work / "native", options.work / "program.wasm"
    build_both(compiler, options.source, native, wasm)
    compare(options, native, wasm)


if __name__ == "__main__":
    main()
