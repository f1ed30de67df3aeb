# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Links a component that imports every function of WASI 0.2, with the types of its WIT: it runs, and does nothing but
trap. With another type of one record it does not link."""

import argparse
import pathlib
import shutil

from harness import add_command_options, build, compiler, fail, fresh_directory, run, runner, text_of

FOLDER = pathlib.Path(__file__).resolve().parent


def errors_of(options: argparse.Namespace, wit: pathlib.Path, name: str) -> str:
    component, artifact = options.work / f"{name}.wasm", options.work / f"{name}.so"
    build([options.node, str(FOLDER / "make_wasi_world.mjs"), options.packages, str(wit), str(component)])
    build([*compiler(options), "-O0", str(component), "-o", str(artifact)])
    return text_of(run([*runner(options), str(artifact)]).errors)


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    for option in ("--node", "--packages"):
        parser.add_argument(option, required=True)
    for option in ("--wit", "--work"):
        parser.add_argument(option, required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    if "trap: unreachable" not in (errors := errors_of(options, options.wit, "all")):
        fail(f"the component does not run\n{errors}")
    changed = options.work / "wit"
    shutil.copytree(options.wit, changed)
    clock = changed / "clocks" / "wall-clock.wit"
    clock.write_text(clock.read_text().replace("seconds: u64", "seconds: u32"))
    if "incompatible import type" not in (errors := errors_of(options, changed, "changed")):
        fail(f"a component with another type is not refused\n{errors}")


if __name__ == "__main__":
    main()
