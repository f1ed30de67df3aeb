# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Makes components of WASI 0.2 from C and C++ programs and an adapter, and requires the same of them as run_program.py
does of modules. An exit status is 0 or 1: wasi:cli/exit says no more.

Debian's C library takes the page of memory that the adapter adds for its own, so programs that rely on zeroed memory of
calloc may compute something else as components, here and in Node.js."""

import argparse
import pathlib

from harness import add_command_options, build, fresh_directory
from run_program import build_program, compare

FOLDER = pathlib.Path(__file__).resolve().parent


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    for option in ("--clang", "--clangxx", "--node"):
        parser.add_argument(option, required=True)
    parser.add_argument("--packages", required=True, help="the folder of packages for make_components.mjs")
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("sources", type=pathlib.Path, nargs="+")
    options = parser.parse_args()
    options.modes = [("-O0", "guard")]

    fresh_directory(options.work)
    programs = []
    for source in options.sources:
        each = argparse.Namespace(**vars(options), source=source)
        each.work = fresh_directory(options.work / source.name)
        programs.append((each, *build_program(each)))
    pairs = [str(path) for _, _, wasm in programs for path in (wasm, wasm.with_suffix(".component.wasm"))]
    build([options.node, str(FOLDER / "make_components.mjs"), options.packages, *pairs])
    for each, native, wasm in programs:
        compare(each, native, wasm.with_suffix(".component.wasm"), max_status=1)


if __name__ == "__main__":
    main()
