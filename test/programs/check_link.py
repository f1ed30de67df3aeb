#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""wasm2native link: side modules of clang and wasm-ld, compared with the same sources linked statically.

    placed      a main module without places of its own (-pie)
    fixed       one with its own memory, which imports what others have
    heap        a program whose C library takes all of the memory that it sees
    errors      missing symbols and files, other types, and sections that are not what they claim
    damaged     side modules with flipped bytes: an error or a module, never a crash
"""

import argparse
import pathlib
import random
import subprocess
from typing import Callable

from harness import build, environment, fail, fresh_directory

SOURCES = pathlib.Path(__file__).parent / "link"
MAIN_OPTIONS = ["--unresolved-symbols=import-dynamic", "--export-dynamic"]
SIDE_OPTIONS = ["-shared", "--experimental-pic", "--unresolved-symbols=import-dynamic"]
SECTION = b"\0asm\1\0\0\0"


class Builder:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.work = fresh_directory(options.work.resolve())

    def compile(self, source: str, *flags: str) -> pathlib.Path:
        output = self.work / f"{source}{''.join(flags).replace('/', '')}.o"
        build([self.options.clang, "--target=wasm32", "-O1", "-nostdlib", "-fno-builtin", "-c",
               str(SOURCES / f"{source}.c"), *flags, "-o", str(output)])
        return output

    def link_objects(self, name: str, *arguments: object) -> pathlib.Path:
        output = self.work / name
        build([self.options.wasm_ld, *map(str, arguments), "-o", str(output)])
        return output

    def side(self, source: str, *needed: pathlib.Path) -> pathlib.Path:
        return self.link_objects(f"{source}.wasm", *SIDE_OPTIONS, self.compile(source, "-fPIC"), *needed)

    def start(self, *command: object) -> subprocess.CompletedProcess:
        return subprocess.run([self.options.wasm2native, *map(str, command)], capture_output=True, text=True,
                              env=environment(), stdin=subprocess.DEVNULL, timeout=120)

    def run(self, *command: object) -> str:
        done = self.start(*command)
        if done.returncode != 0 or done.stderr:
            fail(f"{' '.join(map(str, command))} ends with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def compare(self, wanted: str, *modules: pathlib.Path) -> None:
        """As an artifact and as a module, which has no trace of its making."""
        artifact, module = self.work / "linked.so", self.work / "linked.wasm"
        self.run("link", *modules, "-o", artifact)
        self.run("link", "--emit=wasm", *modules, "-o", module)
        if any(name in module.read_bytes() for name in (b"dylink", b"GOT.", b"__memory_base")):
            fail(f"{module} still has something to be linked")
        for file in (artifact, module):
            if (output := self.run("run", "-O0", "--no-cache", file)) != wanted:
                fail(f"{file} prints\n{output}, must be\n{wanted}")

    def refuse(self, words: str, *arguments: object) -> None:
        output = self.work / "refused.so"
        done = self.start("link", *arguments, "-o", output)
        if done.returncode not in (1, 2) or words not in done.stderr or output.exists():
            fail(f"link {' '.join(map(str, arguments))} ends with {done.returncode}, wanted '{words}'\n{done.stderr}")


def static_output(builder: Builder) -> str:
    objects = [builder.compile(source, "-DCALLS_CONSTRUCTORS") for source in ("right", "left", "main")]
    return builder.run("run", "-O0", "--no-cache", builder.link_objects("static.wasm", *objects))


def main_object(builder: Builder) -> pathlib.Path:
    return builder.compile("main", "-fPIC", "-DCALLS_CONSTRUCTORS")


def check_placed(builder: Builder) -> None:
    wanted = static_output(builder)
    placed = builder.link_objects("placed.wasm", "-pie", "--experimental-pic", *MAIN_OPTIONS, main_object(builder))
    left, right = builder.side("left"), builder.side("right")
    builder.compare(wanted, placed, right, left)
    imported = builder.link_objects("imported.wasm", "-pie", "--experimental-pic", "--import-memory", *MAIN_OPTIONS,
                                    main_object(builder))
    builder.compare(wanted, imported, right, left)
    # A module is constructed after those that it needs, in whatever order they are named.
    builder.compare(wanted, placed, builder.side("left", right), right)
    builder.run("link", "--stack-size=64K", "--emit=wasm", placed, right, left, "-o", builder.work / "small.wasm")
    if builder.run("run", "-O0", "--no-cache", builder.work / "small.wasm") != wanted:
        fail("another size of the stack gives another result")
    # No stack is one for programs that need none.
    builder.run("link", "--stack-size=0", "--emit=wasm", placed, right, left, "-o", builder.work / "none.wasm")


def check_fixed(builder: Builder) -> None:
    fixed = builder.link_objects("fixed.wasm", *MAIN_OPTIONS, main_object(builder))
    builder.compare(static_output(builder), fixed, builder.side("right"), builder.side("left"))


def check_heap(builder: Builder) -> None:
    clang = [builder.options.clang, "--target=wasm32-wasi", "-Wno-deprecated", "-O1", str(SOURCES / "heap.c")]
    static, main_module = builder.work / "static.wasm", builder.work / "heap.wasm"
    build([*clang, str(SOURCES / "heap_side.c"), "-o", str(static)])
    build([*clang, "-fPIC", *(f"-Wl,{option}" for option in MAIN_OPTIONS), "-o", str(main_module),
           *(f"-Wl,--export={name}" for name in ("malloc", "strcpy", "strlen"))])
    builder.compare(builder.run("run", "-O0", "--no-cache", static), main_module, builder.side("heap_side"))


def with_section(module: pathlib.Path, name: str, content: bytes) -> pathlib.Path:
    """A copy whose first section is this one instead of its own."""
    bytes_before = module.read_bytes()
    own_end = 10 + bytes_before[9]
    contents = bytes([len(name)]) + name.encode() + content
    copy = module.with_suffix(".other.wasm")
    copy.write_bytes(SECTION + b"\0" + bytes([len(contents)]) + contents + bytes_before[own_end:])
    return copy


def check_errors(builder: Builder) -> None:
    fixed = builder.link_objects("fixed.wasm", *MAIN_OPTIONS, main_object(builder))
    left, right = builder.side("left"), builder.side("right")
    builder.refuse(f"undefined: data 'rightCalls' (for {left}), function 'rightChoose' (for {fixed}), "
                   f"function 'rightCount' (for {fixed}), function 'rightDeep' (for {left})", fixed, left)
    # Addresses of data are no business of a host.
    builder.refuse(f"undefined: data 'rightCalls' (for {left})\n", "--allow-undefined", fixed, left)
    builder.refuse("left.wasm: needs 'right.wasm', which is not among the modules", fixed, builder.side("left", right))
    static_output(builder)
    builder.refuse("no dylink.0 section: not a side module", fixed, builder.work / "static.wasm")
    builder.refuse("a side module with a memory of its own cannot be linked", fixed, fixed)
    (builder.work / "other.c").write_text('__attribute__((visibility("default"))) int leftSum(int a) { return a; }')
    build([builder.options.clang, "--target=wasm32", "-fPIC", "-c", str(builder.work / "other.c"), "-o",
           str(builder.work / "other.o")])
    other = builder.link_objects("other.wasm", *SIDE_OPTIONS, builder.work / "other.o")
    builder.refuse(f"fixed.wasm: 'leftSum' is imported as [i32 i32] -> [i32], but is [i32] -> [i32] in {other}",
                   fixed, other, left, right)
    for content, words in ((b"\1\4\0\0\0\0", "are beyond the 0 bytes of the dylink.0 section"),
                           (b"\1\4\0\x40\0\0", "alignments of 2^64 bytes"),
                           (b"\1\5\0\0\0\0\0", "has 1 bytes too many"),
                           (b"\1\2\0\0", "unexpected end"),
                           (b"\2\2\1\x7f", "length out of bounds"),
                           (b"\1\x08\xff\xff\xff\xff\x0f\0\0\0", "beyond 32-bit addresses"),
                           (b"\1\x08\xff\xff\xff\x0f\xff\xff\xff\x0f", "")):
        builder.refuse(words, fixed, with_section(left, "dylink.0", content), right)
    builder.refuse(f"{fixed}: 1001 modules, most is 1000", fixed, *[left] * 1000)
    builder.refuse("--stack-size is '2G', most is 1G", "--stack-size=2G", fixed, left, right)
    builder.refuse("compile it again", fixed, with_section(left, "dylink", b"\0"), right)
    done = builder.start("link", fixed)
    if done.returncode != 2 or "no output file: -o FILE" not in done.stderr:
        fail(f"without -o it ends with {done.returncode}\n{done.stderr}")


def check_damaged(builder: Builder) -> None:
    fixed = builder.link_objects("fixed.wasm", *MAIN_OPTIONS, main_object(builder))
    left, right = builder.side("left"), builder.side("right")
    whole = left.read_bytes()
    damaged, output = builder.work / "damaged.wasm", builder.work / "linked.wasm"
    numbers = random.Random(1)
    accepted = 0
    for count in range(400):
        changed = bytearray(whole)
        # The section and the imports, then anywhere.
        position = numbers.randrange(8, 400 if count < 250 else len(whole))
        changed[position] = numbers.choice([0, 1, 0x7f, 0x80, 0xff, changed[position] ^ 1 << numbers.randrange(8)])
        damaged.write_bytes(changed[:numbers.randrange(8, len(whole))] if count % 20 == 0 else changed)
        done = builder.start("link", "--emit=wasm", fixed, damaged, right, "-o", output)
        if done.returncode not in (0, 1):
            fail(f"byte {position} as {changed[position]}: ends with {done.returncode}\n{done.stderr}")
        accepted += done.returncode == 0
    print(f"{accepted} of 400 are linked")


CHECKS: dict[str, Callable[[Builder], None]] = {
    "placed": check_placed, "fixed": check_fixed, "heap": check_heap, "errors": check_errors, "damaged": check_damaged}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wasm2native", required=True)
    parser.add_argument("--clang", required=True)
    parser.add_argument("--wasm-ld", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("check", choices=CHECKS)
    options = parser.parse_args()
    CHECKS[options.check](Builder(options))


if __name__ == "__main__":
    main()
