# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs one C program of the folder wasi, which makes calls of WASI preview 1 and prints a line for each check: a label,
what it found and what it wanted. They must agree, with openat2 and without. With Node.js they must too, but for what lines
"// NODE: LABEL FOUND: WHY" in the source say: each of them must be found so; the label * stands for any. For Node.js, NODE is defined.
"""

import argparse
import pathlib
import re

from harness import Outcome, add_command_options, build, compiler, fail, fresh_directory, run, runner, text_of

FOLDER = pathlib.Path(__file__).resolve().parent
ARGUMENTS = ["one", "two words"]


def differences(what: str, outcome: Outcome) -> dict[str, str]:
    """By label, what a program found where it wanted something else."""
    if outcome.status != 0:
        fail(f"{what}: status {outcome.status}\n{text_of(outcome.output + outcome.errors)}")
    found: dict[str, tuple[str, str]] = {}
    for line in outcome.output.decode().splitlines():
        label, *pair = line.split(" ")
        if label in found:
            fail(f"{what}: the label {label} is there twice")
        found[label] = pair[0], pair[1]
    if len(found) < 10:
        fail(f"{what}: only {len(found)} checks")
    return {label: pair[0] for label, pair in found.items() if pair[0] != pair[1]}


def expected_of_node(source: pathlib.Path) -> dict[str, str]:
    return dict(re.findall(r"^// NODE: (\S+) (-?\d+): .", source.read_text(), re.MULTILINE))


def listed(found: dict[str, str]) -> str:
    return "\n".join(f"  {label} {value}" for label, value in sorted(found.items()))


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    for option in ("--clang", "--node"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)

    wasm, artifact, walker = (options.work / name for name in ("program.wasm", "program.so", "without-openat2"))
    compile_wasm = [options.clang, "-O1", "-Wall", "-Werror", "-Wno-deprecated", "--target=wasm32-wasi", str(options.source)]
    build([*compile_wasm, "-o", str(wasm)])
    build([*compiler(options), "-O0", str(wasm), "-o", str(artifact)])
    build([options.clang, "-Wall", "-Werror", str(FOLDER / "support" / "without_openat2.c"), "-o", str(walker)])

    for name, prefix in (("openat2", []), ("walk", [str(walker)])):
        directory = fresh_directory(options.work / name)
        outcome = run([*prefix, *runner(options), "--dir", f"{directory}::/work", "--arg0", "program", "--env",
                       "KEY=value", str(artifact), "--", *ARGUMENTS])
        what = f"{options.source.name} with {name}"
        if found := differences(what, outcome):
            fail(f"{what}: found something else than wanted\n{listed(found)}")

    # Without a directory of the host, or with one that must stay as it is.
    lower = fresh_directory(options.work / "lower")
    upper = fresh_directory(options.work / "upper")
    for name, option in (("tmpfs", ["--tmpfs", "/work"]), ("overlay", ["--overlay", f"{lower}::/work"]),
                         ("overlay with a directory", ["--overlay", f"{lower}:{upper}::/work"])):
        outcome = run([*runner(options), *option, "--arg0", "program", "--env", "KEY=value", str(artifact), "--", *ARGUMENTS])
        what = f"{options.source.name} with {name}"
        if found := differences(what, outcome):
            fail(f"{what}: found something else than wanted\n{listed(found)}")
    if any(lower.iterdir()):
        fail(f"{options.source.name}: the lower directory of an overlay has changed")

    build([*compile_wasm, "-DNODE", "-o", str(wasm)])
    directory = fresh_directory(options.work / "node")
    outcome = run([options.node, "--no-warnings", str(FOLDER / "run_wasi.mjs"), str(wasm), f"/work={directory}",
                   "KEY=value", "--", *ARGUMENTS])
    what = f"{options.source.name} with Node.js"
    found, wanted = differences(what, outcome), expected_of_node(options.source)
    if any_value := wanted.pop("*", None):
        found = {label: value for label, value in found.items() if value != any_value}
    if found != wanted:
        fail(f"{what}: these differ from what is wanted\n{listed(found)}\nbut the source says\n{listed(wanted)}")


if __name__ == "__main__":
    main()
