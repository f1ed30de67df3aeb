# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Plug-ins between programs and their host: the examples, with a program of preview 1 and a component; wrong ones."""

import argparse
import pathlib
import re

from harness import Outcome, build, fail, fresh_directory, run, text_of

FOLDER = pathlib.Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]


class Checks:
    def __init__(self, options: argparse.Namespace) -> None:
        self.command, self.work = options.wasm2native, fresh_directory(options.work)
        for source in (*(ROOT / "docs/examples/plugins").glob("*.c"), FOLDER / "plugins/wrong.c"):
            build([options.clang, "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'include'}", "-shared",
                   "-fPIC", str(source), "-o", str(self.work / f"{source.stem}.so")])
        wasm = self.work / "guest.wasm"
        build([options.clang, "--target=wasm32-wasi", "-Wno-deprecated", "-O1", str(FOLDER / "plugins/guest.c"), "-o",
               str(wasm)])
        component = self.work / "component.wasm"
        component.write_bytes(bytes.fromhex((FOLDER / "worlds/services.hex").read_text()))
        for path in (wasm, component):
            build([self.command, "compile", "-O0", str(path), "-o", str(path.with_suffix(".app"))])
        data = fresh_directory(self.work / "data")
        (data / "file").write_text("something")
        self.directory = ["--dir", f"{data}::/d"]

    def plugin(self, name: str, options: str = "") -> str:
        return f"--plugin={self.work / name}.so" + (f"={options}" if options else "")

    def program(self, *options: str) -> Outcome:
        return run([self.command, "run", *options, *self.directory, str(self.work / "guest.app"), "/d/file"])

    def component(self, *options: str) -> Outcome:
        return run([self.command, "run", *options, "--config", "mode=fast", "--invoke", 'get("mode")',
                    str(self.work / "component.app")])

    def require(self, what: str, found: Outcome, status: int, output: bytes, errors: str = "") -> None:
        if found.status != status or found.output != output or not re.search(errors.encode(), found.errors):
            fail(f"{what}: status {found.status}\n{text_of(found.output + found.errors)}")


READ, VALUE = b"read something\n", b'ok(some("fast"))\n'


def check_log(checks: Checks) -> None:
    file = checks.work / "calls.log"
    checks.require("log", checks.program(checks.plugin("log", str(file))), 0, READ)
    lines = file.read_text().splitlines()
    if not any(line.startswith('path_open(fd=3, lookup=symlink_follow, path="file"') for line in lines):
        fail(f"the log of a program: {lines}")
    checks.require("log", checks.component(checks.plugin("log", str(file))), 0, VALUE)
    if 'store.get(key="mode") = ok(some("fast"))' not in file.read_text().splitlines():
        fail(f"the log of a component: {file.read_text()}")
    # With the lines of --trace, of either form, beside it.
    checks.require("log and trace", checks.program(checks.plugin("log", str(file)), "--trace"), 0, READ,
                   r"(?m)^path_open\(")
    checks.require("log and JSON", checks.program(checks.plugin("log", str(file)), "--trace=json"), 0, READ,
                   r'"text":"path_open\(')
    if "path_open(" not in file.read_text():
        fail("the log beside JSON")
    checks.require("no file", checks.program(checks.plugin("log", "/nowhere/calls")), 1, b"",
                   "does not start: cannot open '/nowhere/calls'")


def check_count(checks: Checks) -> None:
    checks.require("count", checks.program(checks.plugin("count")), 0, READ,
                   r"wasi_snapshot_preview1\.path_open: 1 calls, \d+ us\n")
    checks.require("count", checks.component(checks.plugin("count")), 0, VALUE,
                   r"wasi:config/store@0\.2\.0-rc\.1\.get: 1 calls, \d+ us\n")
    # Calls that the first one denies are not counted by the next one.
    both = checks.program(checks.plugin("deny", "path_open"), checks.plugin("count"))
    checks.require("deny and count", both, 0, b"Capabilities insufficient\n", r"fd_write: 1 calls")
    if b"path_open" in both.errors:
        fail(f"a call that was denied was counted: {both}")


def check_deny(checks: Checks) -> None:
    checks.require("an error", checks.program(checks.plugin("deny", "sock_accept,path_open")), 0,
                   b"Capabilities insufficient\n")
    checks.require("another function", checks.program(checks.plugin("deny", "path_ope,path_open2")), 0, READ)
    checks.require("a trap", checks.component(checks.plugin("deny", "get")), 134, b"",
                   "denied by a plug-in: get is not allowed")
    slow = ("--trace=json", checks.plugin("deny", "+path_open"))
    line = re.search(rb'"call":"wasi_snapshot_preview1.path_open".*"ns":(\d+)', checks.program(*slow).errors)
    if not line or int(line[1]) < 10_000_000:
        fail(f"a call that was delayed: {line}")
    late = checks.program("--timeout=1ms", checks.plugin("deny", "+path_open,+fd_write"))
    checks.require("a deadline", late, 124, b"")


def check_wrong(checks: Checks) -> None:
    def refuse(text: str, *options: str, status: int = 1) -> None:
        checks.require(text, checks.program(*options), status, b"", re.escape(text))

    refuse("cannot open the plug-in: ", "--plugin=/nowhere/plugin.so")
    library = checks.work / "none.so"
    library.write_bytes(b"no library")
    refuse("cannot open the plug-in: ", f"--plugin={library}")
    refuse("has no w2n_plugin_start", f"--plugin={checks.work / 'guest.app'}")
    refuse("does not start: " + "x" * 256, checks.plugin("wrong"))
    refuse("is of version 2, must be of 1", checks.plugin("wrong", "version"))
    refuse("denied by a plug-in: " + "x" * 256, checks.plugin("wrong", "answer"), status=134)
    refuse("--record and --plugin exclude each other", checks.plugin("count"), f"--record={checks.work / 'record'}",
           status=2)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wasm2native", required=True)
    parser.add_argument("--clang", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    checks = Checks(parser.parse_args())
    check_log(checks)
    check_count(checks)
    check_deny(checks)
    check_wrong(checks)


if __name__ == "__main__":
    main()
