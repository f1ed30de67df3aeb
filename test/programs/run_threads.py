# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Builds one C or C++ program with threads as wasm (wasi-threads) and runs it in four modes; output and status must be
those of the same source with the system's threads.

A program that cannot be native says what to expect instead: "// STATUS: N", and "// ERRORS: TEXT" for what its error
stream must contain.
"""

import argparse
import pathlib

from harness import Outcome, build, compiler, fail, require_same, run, runner
from run_program import parse_options, words_of

FLAGS = ["-O2", "-Wall", "-Werror", "-Wno-deprecated"]
# Debian's C library was built without atomic instructions; pthread_subset.c locks what of it is shared.
WRAPPED = [f"--wrap={name}" for name in ("malloc", "calloc", "realloc", "free", "aligned_alloc")]
LINK = ["-nostartfiles", "-Wl,--shared-memory,--import-memory,--max-memory=67108864,--no-check-features", "-Wl," + ",".join(WRAPPED)]


def build_wasm(options: argparse.Namespace, clang: list[str]) -> pathlib.Path:
    wasm, subset = options.work / "program.wasm", options.work / "pthread_subset.o"
    target = ["--target=wasm32-wasi", "-matomics", "-mbulk-memory"]
    folder = options.source.parent
    build([options.clang, *FLAGS, "-std=c17", *target, "-c", str(folder / "pthread_subset.c"), "-o", str(subset)])
    start = options.work / "thread_start.o"
    build([options.clang, *target, "-c", str(folder / "thread_start.S"), "-o", str(start)])
    build([*clang, *target, str(options.source), str(subset), str(start), *LINK, "-lc", "-o", str(wasm)])
    return wasm


def main() -> None:
    options = parse_options()
    cxx = options.source.suffix == ".cpp"
    clang = [options.clangxx, *FLAGS, "-std=c++20", "-fno-exceptions"] if cxx else [options.clang, *FLAGS, "-std=c17"]
    wasm = build_wasm(options, clang)
    if status := words_of(options.source, "STATUS"):
        wanted = Outcome(int(status[0]), b"", b"", {})
    else:
        native = options.work / "native"
        build([*clang, str(options.source), "-o", str(native), "-lpthread"])
        wanted = run([str(native)])
    message = " ".join(words_of(options.source, "ERRORS"))

    for level, checks in options.modes:
        what = f"{options.source.name} {level} --bounds-checks={checks}"
        artifact = options.work / f"program{level}-{checks}.so"
        build([*compiler(options), level, f"--bounds-checks={checks}", str(wasm), "-o", str(artifact)])
        found = run([*runner(options), str(artifact)])
        require_same(what, found, wanted)
        if message not in found.errors.decode():
            fail(f"{what}: the errors do not contain '{message}'\n{found.errors.decode()}")


if __name__ == "__main__":
    main()
