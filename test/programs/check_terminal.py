# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""A terminal gets no escape sequences, neither from a program nor from what the command prints about a module; with
--raw-terminal it gets those of the program. A pipe gets everything. Runs the command on a pseudo-terminal."""

import argparse
import os
import pathlib
import pty
import subprocess
import sys
import termios
import threading

from harness import build, environment, fail, fresh_directory

# Writes ESC [ 3 1 m, CSI as one character in two calls, and a euro sign.
PROGRAM = r"""(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\20\00\00\00\06\00\00\00\26\00\00\00\07\00\00\00")
  (data (i32.const 32) "\1b[31m\c2\9b1m\e2\82\ac\n")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
    (if (i32.ne (i32.load (i32.const 16)) (i32.const 6)) (then unreachable))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
    (if (i32.ne (i32.load (i32.const 16)) (i32.const 7)) (then unreachable))))"""
WRITTEN = b"\x1b[31m\xc2\x9b1m\xe2\x82\xac\n"
SHOWN = "\u241b[31m\ufffd1m\u20ac\n".encode()

# A module whose names are what a terminal obeys.
NAMES = r"""(module
  (import "a\1b]0;x\07" "b\c2\9b2J\7f" (func))
  (func (export "c\1b[31m\c2\9b") unreachable))"""


def on_terminal(command: list[str]) -> tuple[int, bytes]:
    """Status and output of a command all of whose streams are a terminal."""
    master, slave = pty.openpty()
    modes = termios.tcgetattr(slave)
    modes[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    output = bytearray()

    def read() -> None:
        try:
            while part := os.read(master, 65536):
                output.extend(part)
        except OSError:  # the other end is closed
            pass

    reader = threading.Thread(target=read)
    reader.start()
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment())
    os.close(slave)
    status = process.wait(timeout=120)
    reader.join()
    os.close(master)
    return status, bytes(output)


def require(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        fail(f"{what}: found {found!r}, wanted {wanted!r}")


def require_harmless(what: str, output: bytes) -> None:
    """No control characters: none of ASCII but line feeds and tabs, and none of two bytes."""
    text = output.decode(errors="surrogateescape")
    bad = [character for character in text
           if not character.isprintable() and character not in "\r\n\t" or "\udc80" <= character <= "\udcff"]
    if bad:
        fail(f"{what}: the terminal got {bad} in {output!r}")


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--wasm2native", "--wat2wasm"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    for name, text in (("program", PROGRAM), ("names", NAMES)):
        (options.work / f"{name}.wat").write_text(text)
        build([options.wat2wasm, str(options.work / f"{name}.wat"), "-o", str(options.work / f"{name}.wasm")])
        build([options.wasm2native, str(options.work / f"{name}.wasm"), "-o", str(options.work / f"{name}.so")])
    program, names = str(options.work / "program.so"), str(options.work / "names.so")
    run = [options.wasm2native, "run"]

    require("filtered", on_terminal([*run, program]), (0, SHOWN))
    require("raw", on_terminal([*run, "--raw-terminal", program]), (0, WRITTEN))
    piped = subprocess.run([*run, program], capture_output=True, env=environment())
    require("piped", (piped.returncode, piped.stdout), (0, WRITTEN))

    commands = {
        "unknown import": [*run, names],
        "trap": [*run, "--unknown-imports=trap", "--invoke", "c\x1b[31m\u009b", names],
        "unknown export": [*run, "--unknown-imports=trap", "--invoke", "\x1b[2J", names],
        "unknown option": [*run, "--\x1b[2J", names],
        "no such file": [*run, str(options.work / "\x1b[2J\u009b")],
        "inspect": [options.wasm2native, "inspect", names],
        "inspect --json": [options.wasm2native, "inspect", "--json", names],
        "verbose": [options.wasm2native, "compile", "-v", "--report", str(options.work / "names.wasm"), "-o",
                    str(options.work / "again.so")],
        "--stop-after": [options.wasm2native, "compile", "--stop-after=lower", str(options.work / "names.wasm"), "-o", "-"],
        "--trace": [*run, "--trace", program],
    }
    for what, command in commands.items():
        status, output = on_terminal(command)
        if not output and what != "verbose":
            fail(f"{what}: nothing was printed, status {status}")
        require_harmless(what, output)


if __name__ == "__main__":
    sys.exit(main())
