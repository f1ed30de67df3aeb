# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs guests of WASI 0.3. Their texts are beside this; GUEST.hex has the digits of the component in GUEST.wat."""

import argparse
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from harness import (add_command_options, build, compiler, environment, fail, fresh_directory, run,  # noqa: E402
                     runner, text_of)

FOLDER = pathlib.Path(__file__).resolve().parent
HELLO = b"hello from 0.3\n"


def expect(found, wanted, what: str) -> None:
    if found != wanted:
        fail(f"{what}: found {found!r}, wanted {wanted!r}")


def component(name: str, options: argparse.Namespace, work: pathlib.Path) -> pathlib.Path:
    wasm, artifact = work / f"{name}.wasm", work / f"{name}.so"
    wasm.write_bytes(bytes.fromhex((FOLDER / f"{name}.hex").read_text()))
    build([*compiler(options), str(wasm), "-o", str(artifact)])
    return artifact


def output_of(command: list[str], standard_input: bytes = b"") -> bytes:
    done = run(command, standard_input=standard_input)
    if done.status != 0:
        fail(f"{' '.join(command)}: status {done.status}\n{text_of(done.errors)}")
    return done.output


def check_command(options: argparse.Namespace, artifact: pathlib.Path) -> None:
    command = runner(options)
    expect(output_of([*command, str(artifact)]), HELLO, "a command")
    for name, wanted in (("two", b"2\n"), ("cancel", b"4\n"), ("block", b"1\n"), ("later", b"3\n"), ("unread", b"2\n")):
        expect(output_of([*command, f"--invoke={name}()", str(artifact)]), wanted, name)
    expect(sorted(output_of([*command, "--invoke=leave()", str(artifact)]).splitlines()), [b"0", HELLO.strip()],
           "bytes that are left with the host")
    data = os.urandom(300_000)
    expect(output_of([*command, "--invoke=echo()", str(artifact)], data), data + b"0\n", "standard input, given on")
    expect(output_of([*command, "--invoke=copy()", str(artifact)], data), data + b"300000\n", "standard input, copied")
    # A wait for input that does not come ends with the deadline.
    with subprocess.Popen([*command, "--timeout=200ms", "--invoke=copy()", str(artifact)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as waiting:
        waiting.wait(60)
        expect(b"deadline" in waiting.stderr.read(), True, "what ends a wait for input")


def check_files(options: argparse.Namespace, artifact: pathlib.Path, directory: pathlib.Path) -> None:
    command = [*runner(options), f"--dir={directory}::/", str(artifact)]
    expect(output_of(command), b"from 0.3\na.txt\n", "a file that was written and read")
    expect((directory / "a.txt").read_bytes(), HELLO, "the file")


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    options = parser.parse_args()
    work = fresh_directory(options.work)
    check_command(options, component("command", options, work))
    check_files(options, component("files", options, work), fresh_directory(work / "directory"))


if __name__ == "__main__":
    main()
