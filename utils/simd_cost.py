#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Counts the instructions that each vector instruction becomes, by compiling a function for each, and puts the table into docs/simd.md."""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import vector_module as wasm

TARGETS = {
    "x86-64": ["--target=x86_64"],
    "x86-64-v2": ["--target=x86_64", "--mcpu=x86-64-v2"],
    "x86-64-v3": ["--target=x86_64", "--mcpu=x86-64-v3"],
    "AArch64": ["--target=aarch64"],
}
BEGIN, END = "<!-- Written by utils/simd_cost.py. -->\n", "<!-- End of what is written. -->\n"
# Reasons why an instruction is not one: the first that matches.
REASONS = [
    (r"load|store", "One instruction loads the memory's base. Before SSE4.1, bytes and doublewords go to a lane through other registers."),
    (r"swizzle|shuffle", "`pshufb` is of SSSE3. Before, byte by byte, or words and masks where the lanes are constant."),
    (r"splat|replace_lane", "`pshufb` is of SSSE3, `pinsrb` and `pinsrd` of SSE4.1."),
    (r"i64x2\.(eq|ne|(lt|gt|le|ge)_s)", "`pcmpeqq` is of SSE4.1, `pcmpgtq` of SSE4.2, and there are only those two."),
    (r"\.(lt|gt|le|ge)_u", "x86-64 compares signed lanes only: a minimum or maximum, equality, and for `lt` and `gt` the complement."),
    (r"any_true|all_true|bitmask", "The answer goes to a general register, and AArch64 has no instruction that collects signs."),
    (r"popcnt", "x86-64 looks each half of a byte up in a table."),
    (r"f\d\dx\d\.(ceil|floor|trunc|nearest)", "`roundps` is of SSE4.1. Before, by adding and subtracting 2^23 or 2^52."),
    (r"i8x16\.sh", "x86-64 shifts no bytes: words, and a mask."),
    (r"\.sh[lr]", "The count is taken modulo the width and goes to a vector register. AArch64 shifts to the right by a negated count; x86-64 "
                  "does not shift signed quadwords."),
    (r"i\d+x\d+\.(min|max)_", "SSE2 has minima and maxima of signed words and unsigned bytes only."),
    (r"extadd|dot", "The instructions that add pairs multiply too: one operand is ones. They take signed words only."),
    (r"q15mulr", "`pmulhrsw` is of SSSE3, and wraps for the product of two minima."),
    (r"narrow", "`packusdw` is of SSE4.1."),
    (r"abs", "`pabsd` is of SSSE3; quadwords have none."),
    (r"i64x2\.(extmul|extend)|\.mul", "`pmuldq`, `pmulld` and `pmovsxdq` are of SSE4.1, and quadwords are multiplied in halves."),
    (r"extmul", "Two extensions and a product, or the halves of a product put together."),
    (r"f\d\dx\d\.(p|relaxed_)?(min|max)", "`minps` gives its second operand for NaNs and two zeros: it is done both ways, and NaNs replaced."),
    (r"trunc", "`cvttps2dq` gives the same for all that does not fit, and knows no unsigned numbers."),
    (r"convert", "x86-64 converts signed numbers only."),
    (r"laneselect", "A mask and its complement select."),
    (r"madd", "The baseline does not multiply and add at once."),
]
# Instructions of entry and exit, which every function has besides.
SKIPPED = re.compile(r"^(ret|retq|push\w*|pop\w*|endbr64|bti.*)$")
IMMEDIATES = {
    "Memarg": wasm.MEMARG,
    "MemargLane": wasm.MEMARG + b"\x01",
    "Lane": b"\x01",
    "Shuffle": bytes([3, 17, 8, 30, 2, 22, 11, 12, 26, 5, 19, 1, 0, 31, 14, 9]),
    "V128": bytes(range(16)),
    "None": b"",
}


def function_for(row: wasm.Row) -> wasm.Function:
    operands = b"".join(b"\x20" + wasm.unsigned(index) for index in range(len(row.operands)))
    immediates = IMMEDIATES[row.immediates]
    if row.immediates.startswith("Memarg") and row.lanes == 1:
        immediates = wasm.MEMARG
    return wasm.Function(row.text, row.operands, row.results, "", operands + wasm.instruction(row, immediates))


def count_instructions(assembly: str, rows: list[wasm.Row]) -> list[int]:
    """One count for each function, in the module's order. Calls count, their insides do not."""
    counts, current = {}, None
    for line in assembly.splitlines():
        label = re.match(r'"?wasm-function\[(\d+)\]"?:', line)
        if label:
            current = int(label[1])
            counts[current] = 0
        elif line.startswith(".Lfunc_end"):
            current = None
        elif current is not None and re.match(r"\t[a-z]", line):
            if not SKIPPED.match(line.split()[0]):
                counts[current] += 1
    return [counts[index] for index in range(len(rows))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wasm2native", required=True)
    parser.add_argument("--most", type=int, default=3, help="leave out what needs no more on every target")
    options = parser.parse_args()
    rows = wasm.read_rows()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "vectors.wasm"
        path.write_bytes(wasm.module([function_for(row) for row in rows]))
        columns = []
        for flags in TARGETS.values():
            command = [options.wasm2native, "compile", "-O2", "--emit=asm", *flags, str(path), "-o", "-"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            columns.append(count_instructions(done.stdout, rows))
    lines = []
    for pattern, reason in REASONS:
        group = []
        for row, *counts in zip(rows, *columns):
            first = next(other for other, _ in REASONS if re.search(other, row.text)) if max(counts) > options.most else None
            if first == pattern:
                group.append(f"| `{row.text}` | " + " | ".join(map(str, counts)) + " |")
        if group:
            lines += [reason, "", "| instruction | " + " | ".join(TARGETS) + " |", "| --- |" + " --- |" * len(TARGETS), *group, ""]
    page = pathlib.Path(__file__).parent.parent / "docs/simd.md"
    before, rest = page.read_text().split(BEGIN)
    page.write_text(before + BEGIN + "\n" + "\n".join(lines) + "\n" + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
