# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Builds one C or C++ program natively and as wasm, compiles the wasm in four modes, and requires that output, exit
status and the files left in the program's directory are the native ones.

A line "// ARGUMENTS: ..." in the source gives the program's arguments; @DIR@ in it is a directory that the program may
use, which is empty at first. "// ENVIRONMENT: KEY=VALUE ..." gives all of its variables. "// INPUT: FILE" gives a file
beside the source as standard input, which is empty otherwise. "// EXCEPTIONS: FORM" lets C++ throw; as wasm in that form,
"standard" or "legacy". "// NATIVE-FLAGS: ..." and "// WASM-FLAGS: ..." are further flags of the C compiler.
"""

import argparse
import pathlib
import re

from harness import add_command_options, build, compiler, environment, fresh_directory, require_same, run, runner

MODES = [(level, checks) for level in ("-O0", "-O3") for checks in ("guard", "explicit")]
GUEST_DIRECTORY = "/work"


def words_of(source: pathlib.Path, key: str) -> list[str]:
    found = re.search(rf"^// {key}: (.*)$", source.read_text(), re.MULTILINE)
    return found[1].split() if found else []


def input_of(source: pathlib.Path) -> bytes:
    name = words_of(source, "INPUT")
    return (source.parent / name[0]).read_bytes() if name else b""


def exception_flags(options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """For native code, and for wasm, whose C++ library has no runtime for exceptions."""
    form = words_of(options.source, "EXCEPTIONS")
    if not form:
        return ["-fno-exceptions"], ["-fno-exceptions"]
    runtime = pathlib.Path(__file__).parent / "support" / "WasmExceptions.cpp"
    legacy = "true" if form == ["legacy"] else "false"
    return ["-fexceptions"], ["-fwasm-exceptions", "-mllvm", f"-wasm-use-legacy-eh={legacy}", str(runtime)]


def build_program(options: argparse.Namespace) -> tuple[pathlib.Path, pathlib.Path]:
    """The program as native executable and as wasm."""
    cxx = options.source.suffix == ".cpp"
    clang = [options.clangxx, "-std=c++20"] if cxx else [options.clang, "-std=c17"]
    native_flags, wasm_flags = exception_flags(options) if cxx else ([], [])
    native_flags = native_flags + words_of(options.source, "NATIVE-FLAGS")
    wasm_flags = wasm_flags + words_of(options.source, "WASM-FLAGS")
    clang += ["-O2", "-Wall", "-Werror", "-Wno-deprecated", "-D_GNU_SOURCE"]
    # Fused multiplications would make native floating point differ; wasm has none.
    native, wasm = options.work / "native", options.work / "program.wasm"
    build([*clang, *native_flags, "-ffp-contract=off", str(options.source), "-o", str(native), "-lm"])
    build([*clang, *wasm_flags, "--target=wasm32-wasi", str(options.source), "-o", str(wasm)])
    return native, wasm


def parse_options() -> argparse.Namespace:
    """The command line of this driver and of run_threads.py; `modes` are those to compile in. Empties the work directory."""
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    for option in ("--clang", "--clangxx"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--one-mode", dest="modes", action="store_const", const=MODES[:1], default=MODES,
                        help="compile only with the first of the modes")
    parser.add_argument("source", type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    return options


def compare(options: argparse.Namespace, native: pathlib.Path, wasm: pathlib.Path, max_status: int = 255) -> None:
    """Compiles `wasm` in each mode of the options, and fails if it does something else than `native`, whose status is at
    most `max_status`."""
    arguments = words_of(options.source, "ARGUMENTS")
    variables = words_of(options.source, "ENVIRONMENT")
    standard_input = input_of(options.source)
    directory = fresh_directory(options.work / "native-files")
    wanted = run([str(native), *(word.replace("@DIR@", str(directory)) for word in arguments)], directory,
                 variables=dict(word.split("=", 1) for word in variables) or environment(),
                 standard_input=standard_input)
    wanted = wanted._replace(status=min(wanted.status, max_status))

    for level, checks in options.modes:
        artifact = options.work / f"program{level}-{checks}.so"
        build([*compiler(options), level, f"--bounds-checks={checks}", str(wasm), "-o", str(artifact)])
        directory = fresh_directory(options.work / f"files{level}-{checks}")
        sandbox = ["--dir", f"{directory}::{GUEST_DIRECTORY}"] if "@DIR@" in arguments else []
        for word in variables:
            sandbox += ["--env", word]
        found = run([*runner(options), *sandbox, str(artifact), "--",
                     *(word.replace("@DIR@", GUEST_DIRECTORY) for word in arguments)], directory,
                    standard_input=standard_input)
        require_same(f"{options.source.name} {level} --bounds-checks={checks}", found, wanted)


def main() -> None:
    options = parse_options()
    native, wasm = build_program(options)
    compare(options, native, wasm)


if __name__ == "__main__":
    main()
