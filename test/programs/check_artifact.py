# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Promises about an artifact and about the command, beyond what programs print.

  check_artifact.py elf FILE.so...           no relocations, no undefined symbols, no needed libraries; dlopen takes it
  check_artifact.py reproduce -O3 FILE.wasm  the same bytes for every number of threads, every time, from everywhere
  check_artifact.py command                  the command itself needs neither LLVM nor the C++ library
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys

from harness import build, environment, fail, fresh_directory, text_of


def output_of(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=environment() | {"LC_ALL": "C"})
    if done.returncode != 0:
        fail(f"{' '.join(command)}\nended with {done.returncode}:\n{text_of(done.stdout.encode())}{done.stderr}")
    return done.stdout


def check_elf(artifact: pathlib.Path, readelf: str, nm: str) -> None:
    relocations = output_of([readelf, "--relocs", "--wide", str(artifact)])
    if "There are no relocations in this file" not in relocations:
        fail(f"{artifact} has relocations\n{text_of(relocations.encode())}")
    dynamic = output_of([readelf, "--dynamic", "--wide", str(artifact)])
    if found := re.search(r"\((NEEDED|TEXTREL|RPATH|RUNPATH|RELA?|RELR|JMPREL|INIT|INIT_ARRAY)\)", dynamic):
        fail(f"the dynamic section of {artifact} has an entry {found[1]}\n{dynamic}")
    symbols = [line.split()[1:] for line in output_of([nm, "--dynamic", str(artifact)]).splitlines()]
    if symbols != [["R", "wasm2native_metadata"]]:
        fail(f"the dynamic symbols of {artifact} are {symbols}, must be wasm2native_metadata alone")
    for line in output_of([readelf, "--program-headers", "--wide", str(artifact)]).splitlines():
        fields = line.split()
        if fields[:1] == ["LOAD"] and "W" in fields[6:-1]:
            fail(f"{artifact} has a writable segment: {line}")


# In a process of its own: a library that does not load may end it.
DLOPEN = """
import ctypes
import sys
library = ctypes.CDLL(sys.argv[1])
sys.stdout.buffer.write(bytes((ctypes.c_char * 7).in_dll(library, "wasm2native_metadata")))
"""


def check_dlopen(artifact: pathlib.Path) -> None:
    if (found := output_of([sys.executable, "-c", DLOPEN, str(artifact)])) != "w2n-aot":
        fail(f"the metadata of {artifact} starts with {found!r}")


def check_reproducible(command: str, level: str, wasm: pathlib.Path, work: pathlib.Path) -> None:
    fresh_directory(work)
    moved = fresh_directory(work / "elsewhere") / "renamed.wasm"
    shutil.copy(wasm, moved)
    runs = {"1 thread": ["-j", "1", str(wasm)], "2 threads": ["-j", "2", str(wasm)],
            "2 threads and another path": ["-j", "2", str(moved)]}
    first = b""
    for what, arguments in runs.items():
        artifact = work / f"{what.replace(' ', '-')}.so"
        build([command, level, *arguments, "-o", str(artifact)])
        found = artifact.read_bytes()
        first = first or found
        if found != first:
            at = next((i for i, pair in enumerate(zip(found, first)) if pair[0] != pair[1]), min(len(found), len(first)))
            fail(f"{wasm.name} {level}: with {what} the artifact differs from offset {at:#x} on")
        artifact.unlink()


def check_command(command: str) -> None:
    libraries = output_of(["ldd", command])
    for name in ("LLVM", "libstdc++", "libgcc", "libc++", "wasm2native"):
        if name in libraries:
            fail(f"{command} needs {name}\n{libraries}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wasm2native", required=True)
    subcommands = parser.add_subparsers(dest="subcommand", required=True)
    elf = subcommands.add_parser("elf")
    elf.add_argument("--readelf", required=True)
    elf.add_argument("--nm", required=True)
    elf.add_argument("artifacts", type=pathlib.Path, nargs="+")
    reproduce = subcommands.add_parser("reproduce")
    reproduce.add_argument("--level", required=True)
    reproduce.add_argument("--work", required=True, type=pathlib.Path)
    reproduce.add_argument("wasm", type=pathlib.Path)
    subcommands.add_parser("command")
    options = parser.parse_args()

    if options.subcommand == "elf":
        for artifact in options.artifacts:
            check_elf(artifact, options.readelf, options.nm)
            check_dlopen(artifact)
    elif options.subcommand == "reproduce":
        check_reproducible(options.wasm2native, options.level, options.wasm, options.work)
    else:
        check_command(options.wasm2native)


if __name__ == "__main__":
    main()
