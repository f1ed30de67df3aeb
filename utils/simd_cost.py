#!/usr/bin/env python3
"""Counts the instructions that each vector instruction becomes: compiles one function for each, and writes docs/simd.md's table."""

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
# What a function has besides: entry, exit, and the memory's base.
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
    rows = [row for row in wasm.read_rows()]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "vectors.wasm"
        path.write_bytes(wasm.module([function_for(row) for row in rows]))
        columns = []
        for flags in TARGETS.values():
            command = [options.wasm2native, "compile", "-O2", "--emit=asm", *flags, str(path), "-o", "-"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            columns.append(count_instructions(done.stdout, rows))
    print("| instruction | " + " | ".join(TARGETS) + " |")
    print("| --- |" + " --- |" * len(TARGETS))
    for row, *counts in zip(rows, *columns):
        if max(counts) > options.most:
            print(f"| `{row.text}` | " + " | ".join(map(str, counts)) + " |")


if __name__ == "__main__":
    main()
