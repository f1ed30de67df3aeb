# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs a Python script with CPython as an artifact, and with Node.js from the same python.wasm. Output, messages, exit
status and the files left in /work must be the same.

Both sides are one CPython, so that tracebacks may be compared too. A script is a file of the folder cpython, which the
guest sees as /scripts; a line "# STATUS: 7" in it gives its exit status, which is 0 otherwise. Or --code gives the
text, and --expect the output.
"""

import argparse
import pathlib
import re

from harness import Outcome, add_command_options, fail, fresh_directory, require_same, run, runner, text_of

# Hashes of strings are random otherwise, and with them the order of sets.
VARIABLES = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
SCRIPTS = pathlib.Path(__file__).resolve().parent / "cpython"
NODE_RUNNER = SCRIPTS.parent / "run_wasi.mjs"


def status_of(script: str) -> int:
    found = re.search(r"^# STATUS: (\d+)$", (SCRIPTS / script).read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def with_node(options: argparse.Namespace, arguments: list[str]) -> Outcome:
    directory = fresh_directory(options.work / "node")
    variables = ",".join(f"{key}={value}" for key, value in VARIABLES.items())
    return run([options.node, "--no-warnings", str(NODE_RUNNER), str(options.wasm),
                f"/scripts={SCRIPTS},/work={directory}", variables, "--", *arguments], directory)


def with_artifact(options: argparse.Namespace, artifact: pathlib.Path, arguments: list[str]) -> Outcome:
    directory = fresh_directory(options.work / artifact.stem)
    variables = [word for key, value in VARIABLES.items() for word in ("--env", f"{key}={value}")]
    return run([*runner(options), "--dir", f"{SCRIPTS}::/scripts:ro", "--dir", f"{directory}::/work",
                *variables, str(artifact), "--", *arguments], directory)


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    parser.add_argument("--node", required=True)
    for option in ("--wasm", "--work"):
        parser.add_argument(option, required=True, type=pathlib.Path)
    parser.add_argument("--artifact", required=True, type=pathlib.Path, action="append")
    parser.add_argument("--code")
    parser.add_argument("--expect")
    parser.add_argument("--script")
    options = parser.parse_args()

    arguments = ["-c", options.code] if options.code else [f"/scripts/{options.script}", "first", "--second=2"]
    wanted = with_node(options, arguments)
    status = status_of(options.script) if options.script else 0
    if wanted.status != status:
        fail(f"Node.js: status {wanted.status}, must be {status}\n{text_of(wanted.errors)}")
    if options.expect is not None and wanted.output.decode().strip() != options.expect:
        fail(f"Node.js: the output is {wanted.output!r}, must be {options.expect!r}\n{text_of(wanted.errors)}")
    for artifact in options.artifact:
        found = with_artifact(options, artifact, arguments)
        what = f"{options.script or options.code} with {artifact.name}"
        require_same(what, found, wanted)
        require_same(f"{what}, error stream", found._replace(output=found.errors),
                     wanted._replace(output=wanted.errors))


if __name__ == "__main__":
    main()
