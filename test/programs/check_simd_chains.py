# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Random chains of vector instructions against Node.js: what the optimizer makes of several together.

After arithmetic on floats every NaN is replaced by one of them, so that the results are the same everywhere.
"""

import argparse
import pathlib
import random

import check_simd as simd
import harness
import vector_module as wasm

INSTRUCTIONS, FUNCTIONS = 30, 60
# Locals: six vectors, two i32, an i64, an f64, an f32.
LOCALS = {"v": range(6), "i": range(6, 8), "l": range(8, 9), "d": range(9, 10), "f": range(10, 11)}
RESULT_BYTES = 16 * 6 + 16
NANS = {"32": ("f32x4", b"\0\0\xc0\x7f" * 4), "64": ("f64x2", (b"\0" * 6 + b"\xf8\x7f") * 2)}
ROWS = [row for row in simd.ROWS.values() if row.feature == "Simd" and row.results and not row.immediates.startswith("Memarg")]


def step(draw: random.Random) -> bytes:
    """One instruction on random locals, some operands constant."""
    row = draw.choice(ROWS)
    code = b""
    for letter in row.operands:
        if letter == "v" and draw.random() < 0.12:
            code += simd.constant("v", draw.choice(simd.INPUTS))
        else:
            code += simd.local_get(draw.choice(LOCALS[letter]))
    target = draw.choice(LOCALS[row.results])
    code += simd.op(row.text, draw.choice(simd.immediates_of(row))) + simd.local_set(target)
    if arithmetic := simd.ARITHMETIC.match(row.text):
        shape, nan = NANS[arithmetic[1]]
        value = simd.local_get(target)
        code += (value + simd.constant("v", nan) + value + value + simd.op(shape + ".eq") + simd.op("v128.bitselect") +
                 simd.local_set(target))
    return code


def body(draw: random.Random, index: int) -> bytes:
    code = b""
    for local in LOCALS["v"]:
        code += simd.i32(16 * draw.randrange(len(simd.INPUTS))) + simd.op("v128.load", wasm.MEMARG) + simd.local_set(local)
    code += simd.i32(draw.choice([0, 1, -1, 7, 31, 64, -2**31, 2**31 - 1, draw.randrange(2**31)])) + simd.local_set(6)
    code += b"\x42" + wasm.signed(draw.choice([0, -1, 2**63 - 1, -2**63, draw.randrange(2**62)])) + simd.local_set(8)
    code += b"".join(step(draw) for _ in range(INSTRUCTIONS))
    out = simd.OUT + RESULT_BYTES * index
    for local in LOCALS["v"]:
        code += simd.i32(out + 16 * local) + simd.local_get(local) + simd.op("v128.store", wasm.MEMARG)
    for place, local in enumerate(LOCALS["i"]):
        code += simd.i32(out + 96 + 4 * place) + simd.local_get(local) + simd.STORES["i"] + wasm.MEMARG
    return code


def make_module(seed: int) -> bytes:
    draw = random.Random(seed)
    functions = [wasm.Function(f"f{index}", "", "", "vvvvvviildf", body(draw, index)) for index in range(FUNCTIONS)]
    start = b"".join(b"\x10" + wasm.unsigned(1 + index) for index in range(FUNCTIONS)) + simd.write_results(
        RESULT_BYTES * FUNCTIONS)
    functions.append(wasm.Function("_start", "", "", "", start))
    return wasm.module(functions, b"".join(simd.INPUTS), 2, [simd.FD_WRITE])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    harness.add_command_options(parser)
    parser.add_argument("--node", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--first", type=int, default=0, help="seed of the first module")
    parser.add_argument("--count", type=int, default=8, help="modules to make")
    parser.add_argument("mode", nargs="+", help="options of code generation for a run, separated by commas")
    options = parser.parse_args()
    work = harness.fresh_directory(options.work)
    module, artifact = str(work / "chains.wasm"), str(work / "chains.so")
    for seed in range(options.first, options.first + options.count):
        pathlib.Path(module).write_bytes(make_module(seed))
        wanted = simd.run_with_node(options.node, module)
        for mode in options.mode:
            harness.build([*harness.compiler(options), *mode.split(","), module, "-o", artifact])
            found = harness.run([*harness.runner(options), artifact]).output
            wrong = [index for index in range(FUNCTIONS)
                     if found[RESULT_BYTES * index:][:RESULT_BYTES] != wanted[RESULT_BYTES * index:][:RESULT_BYTES]]
            if wrong:
                harness.fail(f"seed {seed}, {mode}: functions {wrong} give other results than Node.js")
    print(f"{options.count * FUNCTIONS} chains of {INSTRUCTIONS} instructions agree")


if __name__ == "__main__":
    main()
