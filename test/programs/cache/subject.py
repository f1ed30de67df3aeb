# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Parts that the tests of the cache share: small modules, the command with a cache of its own, and what a store may hold."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Callable

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from harness import build, environment, fail, fresh_directory, text_of  # noqa: E402

# The files of a store that is not in use: no locks, nothing on its way.
QUIET = {".so", ".hash", ".seen", ".sig"}


class Subject:
    def __init__(self, command: str, work: pathlib.Path, modules: int):
        self.command = command
        self.work = fresh_directory(work)
        self.store = self.work / "store"
        # Leftovers of killed compilers stay out of the machine's temporary folder.
        (self.work / "tmp").mkdir()
        self.modules = [self.make_module(number) for number in range(modules)]

    def make_module(self, number: int) -> pathlib.Path:
        """Exports `f`, which returns `number`."""
        text = self.work / f"module{number}.wat"
        text.write_text(f'(module (func (export "f") (result i32) (i32.const {number})))')
        module = text.with_suffix(".wasm")
        build(["wat2wasm", str(text), "-o", str(module)])
        return module

    def variables(self, **more: str) -> dict[str, str]:
        return environment() | {"WASM2NATIVE_CACHE_DIR": str(self.store), "TMPDIR": str(self.work / "tmp")} | more

    def run_command(self, number: int) -> list[str]:
        return [self.command, "run", "-O0", "-j1", "--invoke", "f", str(self.modules[number])]

    def cache(self, *arguments: str, **more: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.command, "cache", *arguments], capture_output=True, env=self.variables(**more), text=True)

    def run(self, number: int, warning: str | None = None, prefix: list[str] | None = None,
            variables: dict[str, str] | None = None) -> None:
        """Runs a module, which must give its number, with a warning that has these words, or with none."""
        done = subprocess.run((prefix or []) + self.run_command(number), capture_output=True,
                              env=variables or self.variables(), stdin=subprocess.DEVNULL, timeout=120)
        self.require_number(number, done.returncode, done.stdout, done.stderr)
        if warning is None and done.stderr:
            fail(f"module {number} runs, but says\n{text_of(done.stderr)}")
        if warning is not None and (done.stderr.count(b"warning") != 1 or warning.encode() not in done.stderr):
            fail(f"must warn once, with '{warning}', but says\n{text_of(done.stderr)}")

    @staticmethod
    def require_number(number: int, status: int, output: bytes, errors: bytes) -> None:
        if status != 0 or output != f"{number}\n".encode():
            fail(f"module {number} ends with {status} and prints {output!r}\n{text_of(errors)}")

    def entries(self) -> list[pathlib.Path]:
        return sorted((self.store / "entries").glob("*.so"))

    def require_quiet(self, entries: int | None = None) -> None:
        """Nothing is left of what was going on, and everything is sound."""
        left = [path.name for path in (self.store / "entries").iterdir() if path.suffix not in QUIET]
        left += [path.name for path in (self.store / "locks").iterdir()]
        if left:
            fail(f"left behind: {', '.join(left)}")
        if entries is not None and len(self.entries()) != entries:
            fail(f"there are {len(self.entries())} entries, must be {entries}")
        self.require_sound()

    def require_sound(self) -> None:
        done = self.cache("verify")
        if done.returncode != 0:
            fail(f"the cache is damaged:\n{done.stdout}{done.stderr}")

    def clear(self) -> None:
        shutil.rmtree(self.store, ignore_errors=True)


def main(checks: dict[str, Callable[[Subject], None]], modules: int) -> None:
    """The command line of each driver: which of its checks."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wasm2native", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("check", choices=checks)
    options = parser.parse_args()
    # Folders of a cache must not be writable by others.
    os.umask(0o022)
    checks[options.check](Subject(options.wasm2native, options.work.resolve(), modules))
