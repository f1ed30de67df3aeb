# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Builds a reactor of the folder preinit, pre-initializes it, and requires that its report is what it is without: from
artifacts of both, and with Node.js from the module that was written. What initialization computed must be there once
only, and a second run must write the same bytes."""

import argparse
import pathlib

from harness import add_command_options, build, compiler, fail, fresh_directory, require_same, run, runner

NODE_RUNNER = pathlib.Path(__file__).resolve().parent / "run_reactor.mjs"
EXPORT = "report"


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    for option in ("--clang", "--clangxx", "--node"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    wasm, baked, again = (options.work / name for name in ("program.wasm", "baked.wasm", "again.wasm"))

    cxx = options.source.suffix == ".cpp"
    clang = [options.clangxx, "-std=c++20", "-fno-exceptions"] if cxx else [options.clang, "-std=c17"]
    build([*clang, "-O2", "-Wall", "-Werror", "-Wno-deprecated", "-D_GNU_SOURCE", "--target=wasm32-wasi",
           "-mexec-model=reactor", str(options.source), "-o", str(wasm)])
    for output in (baked, again):
        build([options.wasm2native, "compile", "--preinit", "--emit=wasm", str(wasm), "-o", str(output)])
    if baked.read_bytes() != again.read_bytes():
        fail("a second pre-initialization wrote other bytes")

    wanted = run([options.wasm2native, "run", "--invoke", EXPORT, str(wasm)])
    if wanted.status != 0 or b"initialized 1 times" not in wanted.output:
        fail(f"without: status {wanted.status}, {wanted.output!r}, {wanted.errors!r}")
    for level in ("-O0", "-O3"):
        artifact = options.work / f"program{level}.so"
        build([*compiler(options), "--preinit", level, str(wasm), "-o", str(artifact)])
        require_same(f"an artifact at {level}", run([*runner(options), "--invoke", EXPORT, str(artifact)]), wanted)
    for module in (wasm, baked):
        require_same(f"Node.js with {module.name}",
                     run([options.node, "--no-warnings", str(NODE_RUNNER), str(module), EXPORT]), wanted)


if __name__ == "__main__":
    main()
