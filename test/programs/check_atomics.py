# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Compares every atomic access with Node.js: all widths and operations, on extreme and random values, at every aligned
place of a 64-bit word. Results and memory are folded into one number for each instruction.
"""

import argparse
import pathlib
import random

from harness import add_command_options, build, compiler, fail, fresh_directory, run, runner
from run_program import MODES

SEED = 20250101
COUNT = 40
EXTREMES = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF,
            0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF, 0x0123456789ABCDEF]
# Type, suffix of the instruction, width in bytes.
SHAPES = [("i32", "", 4), ("i64", "", 8), ("i32", "8", 1), ("i32", "16", 2), ("i64", "8", 1), ("i64", "16", 2),
          ("i64", "32", 4)]
OPERATIONS = ["add", "sub", "and", "or", "xor", "xchg", "cmpxchg"]


def instructions() -> list[tuple[str, str, int, int]]:
    """Instruction, type, width in bytes, number of operands after the address."""
    rows = []
    for kind, width, size in SHAPES:
        suffix = "_u" if width else ""
        rows.append((f"{kind}.atomic.load{width}{suffix}", kind, size, 0))
        rows.append((f"{kind}.atomic.store{width}", kind, size, 1))
        for operation in OPERATIONS:
            rows.append((f"{kind}.atomic.rmw{width}.{operation}{suffix}", kind, size, 2 if operation == "cmpxchg" else 1))
    return rows


def function(number: int, row: tuple[str, str, int, int]) -> str:
    text, kind, size, operands = row
    narrow = "(i32.wrap_i64 {})" if kind == "i32" else "{}"
    replacement = narrow.format("(local.get $b)")
    # In every other round what is expected is there.
    expected = narrow.format("(select (local.get $b) (local.get $old) (i32.and (local.get $j) (i32.const 1)))")
    arguments = ["", replacement, f"{expected} {replacement}"][operands]
    access = f"({text} offset=8 (local.get $at) {arguments})"
    if ".store" not in text:
        access = f"(local.set $result {f'(i64.extend_i32_u {access})' if kind == 'i32' else access})"
    old = {1: "i64.load8_u", 2: "i64.load16_u", 4: "i64.load32_u", 8: "i64.load"}[size]
    fold = "(local.set $hash (i64.mul (i64.xor (i64.rotl (local.get $hash) (i64.const 7)) {}) (i64.const 0x100000001b3)))"
    return f"""
  (func $f{number} (result i64)
    (local $i i32) (local $j i32) (local $at i32) (local $b i64) (local $old i64) (local $result i64) (local $hash i64)
    (loop $outer
      (local.set $j (i32.const 0))
      (loop $inner
        (i64.store (i32.const 8) (i64.load offset=1024 (i32.shl (local.get $i) (i32.const 3))))
        (local.set $b (i64.load offset=1024 (i32.shl (local.get $j) (i32.const 3))))
        (local.set $at (i32.and (i32.mul (local.get $j) (i32.const {size})) (i32.const 7)))
        (local.set $old ({old} offset=8 (local.get $at)))
        {access}
        {fold.format("(local.get $result)")}
        {fold.format("(i64.load (i32.const 8))")}
        (br_if $inner (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 1))) (i32.const {COUNT}))))
      (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {COUNT}))))
    (local.get $hash))"""


def module(rows: list[tuple[str, str, int, int]], shared: bool) -> str:
    generator = random.Random(SEED)
    values = EXTREMES + [generator.getrandbits(64) for _ in range(COUNT - len(EXTREMES))]
    data = "".join(f"\\{byte:02x}" for value in values for byte in value.to_bytes(8, "little"))
    calls = " ".join(f"(call $f{number})" for number in range(len(rows)))
    return f"""(module
  (memory 1 1 {"shared" if shared else ""})
  (data (i32.const 1024) "{data}")
{"".join(function(number, row) for number, row in enumerate(rows))}
  (func (export "all") (result{" i64" * len(rows)}) {calls}))"""


def main() -> None:
    parser = argparse.ArgumentParser()
    add_command_options(parser)
    for option in ("--wat2wasm", "--node"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    options = parser.parse_args()
    fresh_directory(options.work)
    rows = instructions()
    script = str(pathlib.Path(__file__).parent / "run_export.mjs")

    for shared in (True, False):
        name = "shared" if shared else "unshared"
        text, wasm = options.work / f"{name}.wat", options.work / f"{name}.wasm"
        text.write_text(module(rows, shared))
        build([options.wat2wasm, "--enable-threads", str(text), "-o", str(wasm)])
        node = run([options.node, script, str(wasm), "all"])
        if node.status != 0:
            fail(f"{options.node} {script}: {node.errors.decode()}")
        wanted = node.output.decode().split()
        for level, checks in MODES:
            artifact = options.work / f"{name}{level}-{checks}.so"
            build([*compiler(options), level, f"--bounds-checks={checks}", str(wasm), "-o", str(artifact)])
            found = run([*runner(options), "--invoke=all", str(artifact)]).output.decode().split()
            if len(found) != len(rows) or len(wanted) != len(rows):
                fail(f"{artifact.name}: {len(found)} results, {len(wanted)} in Node.js, must be {len(rows)}")
            different = [row[0] for row, ours, theirs in zip(rows, found, wanted) if int(ours) != int(theirs)]
            if different:
                fail(f"{artifact.name}: not as in Node.js: {', '.join(different)}")


if __name__ == "__main__":
    main()
