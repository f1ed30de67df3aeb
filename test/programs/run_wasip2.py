# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Builds one Rust program natively and as a component (wasm32-wasip2), and requires that both print the same. A
component has the options of the line "// OPTIONS: ..." in the source. Without a compiler, or its library, it ends with
status 77, for which the test counts as skipped."""

import argparse
import os
import pathlib
import shutil

from harness import add_command_options, build, compiler, fresh_directory, require_same, run, runner
from run_program import words_of
from run_toolchain import skip, words_printed

TARGET = "wasm32-wasip2"


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    options = parser.parse_args()
    rustc = shutil.which("rustc")
    if not rustc:
        skip("no rustc")
    libraries = words_printed([rustc, "--print", "target-libdir", "--target", TARGET])
    if not libraries or not os.path.isdir(libraries[0]):
        skip(f"rustc has no library for {TARGET} (rustup target add {TARGET})")
    fresh_directory(options.work)
    native, wasm, artifact = (options.work / name for name in ("native", "program.wasm", "program.so"))
    rust = [rustc, "--edition=2021", "-O", str(options.source), "-o"]
    build([*rust, str(native)])
    build([*rust, str(wasm), "--target", TARGET])
    build([*compiler(options), "-O0", str(wasm), "-o", str(artifact)])
    directory = fresh_directory(options.work / "files")
    wanted = run([str(native), str(directory)], directory)
    directory = fresh_directory(options.work / "component-files")
    found = run([*runner(options), "--dir", f"{directory}::/work", *words_of(options.source, "OPTIONS"), str(artifact),
                 "--", "/work"], directory)
    require_same(options.source.name, found, wanted)


if __name__ == "__main__":
    main()
