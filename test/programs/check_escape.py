# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs wasi/escape.c while a thread swaps directories and links beneath it: with openat2, and without. It must get nowhere,
and nothing may change outside."""

import argparse
import ctypes
import os
import pathlib
import threading

from harness import build, fail, fresh_directory, read_tree, run, text_of

FOLDER = pathlib.Path(__file__).resolve().parent
EXCHANGE, AT_CWD = 2, -100


class Swapper(threading.Thread):
    """Swaps `root/swap` with a link to the outside, and moves `root/moving/deep` to where its `..` is outside."""

    def __init__(self, root: pathlib.Path, outside: pathlib.Path) -> None:
        super().__init__()
        self.root, self.outside = root, outside
        self.done = threading.Event()
        self.swaps = 0
        self.libc = ctypes.CDLL(None, use_errno=True)

    def run(self) -> None:
        swap, link = os.fsencode(self.root / "swap"), os.fsencode(self.root / "link")
        deep, away = self.root / "moving" / "deep", self.outside / "deep"
        while not self.done.is_set():
            self.swaps += self.libc.renameat2(AT_CWD, swap, AT_CWD, link, EXCHANGE) == 0
            deep.rename(away)
            away.rename(deep)


def attempt(what: str, command: list[str], work: pathlib.Path) -> None:
    root, outside = fresh_directory(work / "root"), fresh_directory(work / "outside")
    (root / "swap").mkdir()
    (root / "moving" / "deep").mkdir(parents=True)
    (root / "swap" / "file").write_text("inside")
    (outside / "file").write_text("secret")
    (root / "link").symlink_to("../outside")
    before = os.stat(outside / "file")
    swapper = Swapper(root, outside)
    swapper.start()
    try:
        outcome = run(command)
    finally:
        swapper.done.set()
        swapper.join()
    if outcome.status != 0 or outcome.output != b"inside 1\nrefused 1\noutside 0\n":
        fail(f"{what}: status {outcome.status} after {swapper.swaps} swaps\n{text_of(outcome.output + outcome.errors)}")
    after = os.stat(outside / "file")
    if read_tree(outside) != {"file": b"secret"} or (before.st_mtime_ns, before.st_nlink) != (after.st_mtime_ns, after.st_nlink):
        fail(f"{what}: the outside has changed: {read_tree(outside)}")


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--wasm2native", "--clang"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)

    wasm, artifact, walker = (options.work / name for name in ("escape.wasm", "escape.so", "without-openat2"))
    build([options.clang, "-O1", "-Wall", "-Werror", "-Wno-deprecated", "--target=wasm32-wasi",
           str(FOLDER / "wasi" / "escape.c"), "-o", str(wasm)])
    build([options.wasm2native, "-O0", str(wasm), "-o", str(artifact)])
    build([options.clang, "-Wall", "-Werror", str(FOLDER / "support" / "without_openat2.c"), "-o", str(walker)])
    command = [options.wasm2native, "run", "--dir", f"{options.work / 'root'}::/work", str(artifact)]
    attempt("openat2", command, options.work)
    attempt("walk", [str(walker), *command], options.work)


if __name__ == "__main__":
    main()
