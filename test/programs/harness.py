# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Parts that the drivers share: running commands, comparing what they did, saying what went wrong."""

import argparse
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
from typing import NamedTuple, NoReturn


class Outcome(NamedTuple):
    """The outcome of a program. A negative status is the signal that ended it, as in subprocess."""

    status: int
    output: bytes
    errors: bytes
    files: dict[str, bytes]


def fail(text: str) -> NoReturn:
    sys.exit(f"FAILED: {text}")


def add_command_options(parser: argparse.ArgumentParser) -> None:
    """How to compile and how to run, which may be for another processor."""
    parser.add_argument("--wasm2native", required=True)
    parser.add_argument("--target", help="compile for this processor")
    parser.add_argument("--option", action="append", default=[], help="a further option of the compiler")
    parser.add_argument("--runner", help="what runs what is compiled, an emulator and its arguments, if not --wasm2native")


def compiler(options: argparse.Namespace) -> list[str]:
    return [options.wasm2native, "compile", *([f"--target={options.target}"] if options.target else []),
            *options.option]


def runner(options: argparse.Namespace) -> list[str]:
    return [*(shlex.split(options.runner) if options.runner else [options.wasm2native]), "run"]


def environment() -> dict[str, str]:
    """The environment of every command: a compiler that the developer's shell names is not the one under test, nor is the
    developer's cache."""
    return ({key: value for key, value in os.environ.items() if key not in ("WASM2NATIVE_COMPILER", "WASM2NATIVE_CACHE_SIZE")}
            | {"WASM2NATIVE_CACHE_DIR": str(pathlib.Path.cwd() / "cache-of-tests")})


def build(command: list[str]) -> None:
    """Runs a command that must succeed."""
    done = subprocess.run(command, capture_output=True, env=environment(), stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        fail(f"{' '.join(command)}\nended with {done.returncode}:\n{text_of(done.stdout + done.stderr)}")


def run(command: list[str], directory: pathlib.Path | None = None, timeout_seconds: int = 120,
        variables: dict[str, str] | None = None, standard_input: bytes = b"") -> Outcome:
    """Runs a command and reads what it left in `directory`."""
    try:
        done = subprocess.run(command, capture_output=True, env=variables or environment(),
                              input=standard_input, timeout=timeout_seconds)
    except subprocess.TimeoutExpired:
        fail(f"{' '.join(command)}\ndid not end within {timeout_seconds} s")
    return Outcome(done.returncode, done.stdout, done.stderr, read_tree(directory) if directory else {})


def read_tree(directory: pathlib.Path) -> dict[str, bytes]:
    """All files below `directory` by relative path, and its folders with a '/' at the end."""
    return {str(path.relative_to(directory)) + ("/" if path.is_dir() else ""):
            b"" if path.is_dir() else path.read_bytes() for path in sorted(directory.rglob("*"))}


def fresh_directory(path: pathlib.Path) -> pathlib.Path:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def text_of(data: bytes, most: int = 3000) -> str:
    text = data.decode(errors="replace")
    return text if len(text) <= most else text[:most] + f"... ({len(text)} characters)"


def require_same(what: str, found: Outcome, wanted: Outcome) -> None:
    """Fails with both sides if output, status or files differ. Messages on the error stream may."""
    if found.status != wanted.status:
        fail(f"{what}: status {found.status}, must be {wanted.status}\n{text_of(found.errors)}")
    if found.output != wanted.output:
        fail(f"{what}: the output differs\n{first_difference(found.output, wanted.output)}")
    if found.files != wanted.files:
        names = {name for name in found.files.keys() | wanted.files.keys()
                 if found.files.get(name) != wanted.files.get(name)}
        fail(f"{what}: these files differ: {', '.join(sorted(names))}")


def first_difference(found: bytes, wanted: bytes) -> str:
    found_lines, wanted_lines = found.splitlines(), wanted.splitlines()
    for number in range(max(len(found_lines), len(wanted_lines))):
        pair = [text_of(lines[number], 300) if number < len(lines) else "(no such line)"
                for lines in (found_lines, wanted_lines)]
        if pair[0] != pair[1]:
            return f"line {number + 1}\n  found:  {pair[0]}\n  wanted: {pair[1]}"
    return "the last line ends differently"
