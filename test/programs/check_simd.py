# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Every vector instruction, and arithmetic on floats, against Node.js: bit for bit on all pairs of a list of values, from memory and as
constants.

Arithmetic may give any quiet NaN where Node gives a NaN. With --deterministic it must be the canonical one, and relaxed
instructions are compared with what they then are in other instructions.
"""

import argparse
import pathlib
import random
import re
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "utils"))
import harness
import vector_module as wasm
from typing import NamedTuple

SCRATCH, IOVEC, OUT = 0x8000, 0x8100, 0x10000
FD_WRITE = ("wasi_snapshot_preview1", "fd_write", "iiii", "i")
LOADS = {"i": b"\x28", "l": b"\x29", "f": b"\x2a", "d": b"\x2b"}
STORES = {"i": b"\x36", "l": b"\x37", "f": b"\x38", "d": b"\x39"}
CONSTANTS_OF = {"i": (b"\x41", "<i"), "l": (b"\x42", "<q"), "f": (b"\x43", 4), "d": (b"\x44", 8)}
# Results whose NaNs are arithmetic ones, by the bits of a lane.
ARITHMETIC = re.compile(r"f(32|64)(?:x\d)?\.(?:add|sub|mul|div|min|max|sqrt|ceil|floor|trunc|nearest|demote_\w+|promote_\w+"
                        r"|relaxed_\w+)$")


def input_vectors() -> list[bytes]:
    draw = random.Random(128)
    floats32 = [0x00000000, 0x80000000, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000, 0x7F800001,
                0xFFA12345, 0x7FFFFFFF, 0x00000001, 0x807FFFFF, 0x3F000000, 0x3FC00000, 0xBF000000, 0x40200000, 0x4B000000,
                0x4AFFFFFF, 0xCB000001, 0x4F000000, 0xCF000000, 0x4EFFFFFF, 0x4F800000, 0x4F7FFFFF, 0xCF000001, 0x7F7FFFFF]
    floats64 = [0, 1 << 63, 0x3FF0000000000000, 0xBFF8000000000000, 0x7FF0000000000000, 0xFFF0000000000000,
                0x7FF8000000000000, 0xFFF8000000000000, 0x7FF0000000000001, 0xFFF4000000012345, 1, 0x800FFFFFFFFFFFFF,
                0x3FE0000000000000, 0x4004000000000000, 0x4330000000000000, 0x432FFFFFFFFFFFFF, 0x41DFFFFFFFC00000,
                0x41E0000000000000, 0x41EFFFFFFFE00000, 0x41F0000000000000, 0xC1E0000000200000, 0x41DFFFFFFFE00000,
                0x36A0000000000000, 0x47EFFFFFF0000000, 0x7FEFFFFFFFFFFFFF, 0x41DFFFFFFFF00000]
    vectors = [bytes(16), b"\xff" * 16, b"\x80" * 16, b"\x7f" * 16, b"\x00\x80" * 8, b"\xff\x7f" * 8,
               bytes(range(16)), bytes(range(15, -1, -1)), bytes(range(8, 24)), bytes(range(120, 136)),
               struct.pack("<4I", 1 << 31, (1 << 31) - 1, 0xFFFF, 0x10000), struct.pack("<2Q", 1 << 63, (1 << 63) - 1)]
    for begin in range(0, len(floats32), 4):
        vectors.append(struct.pack("<4I", *(floats32[(begin + i) % len(floats32)] for i in range(4))))
    for begin in range(0, len(floats64), 2):
        vectors.append(struct.pack("<2Q", *(floats64[(begin + i) % len(floats64)] for i in range(2))))
    for _ in range(6):
        vectors.append(struct.pack("<4I", *draw.choices(floats32, k=4)))
        vectors.append(struct.pack("<2Q", *draw.choices(floats64, k=2)))
        vectors.append(draw.randbytes(16))
    return vectors


INPUTS = input_vectors()
# Scalar instructions: names, first opcode, operands and results.
SCALARS = [("f32", "ceil floor trunc nearest sqrt", 0x8D, "f:f"), ("f32", "add sub mul div min max", 0x92, "ff:f"),
           ("f64", "ceil floor trunc nearest sqrt", 0x9B, "d:d"), ("f64", "add sub mul div min max", 0xA0, "dd:d"),
           ("f32", "demote_f64", 0xB6, "d:f"), ("f64", "promote_f32", 0xBB, "f:d")]
SCALAR_ROWS = [wasm.Row(f"{kind}.{name}", code + index, "None", *signature.split(":"), 0, "Scalar")
               for kind, names, code, signature in SCALARS for index, name in enumerate(names.split())]
ROWS = {row.text: row for row in wasm.read_rows()}


def i32(value: int) -> bytes:
    return b"\x41" + wasm.signed(value)


def local_get(index: int) -> bytes:
    return b"\x20" + wasm.unsigned(index)


def local_set(index: int) -> bytes:
    return b"\x21" + wasm.unsigned(index)


def op(text: str, immediates: bytes = b"") -> bytes:
    return wasm.instruction(ROWS[text], immediates)


def constant(letter: str, value: bytes) -> bytes:
    if letter == "v":
        return op("v128.const", value)
    opcode, form = CONSTANTS_OF[letter]
    if isinstance(form, int):
        return opcode + value[:form]
    return opcode + wasm.signed(struct.unpack_from(form, value)[0])


EVEN, ODD = (b"".join(bytes([lane, lane + 1]) for lane in range(begin, 32, 4)) for begin in (0, 2))


def dot_i8(first: bytes, second: bytes) -> bytes:
    """Signed products of bytes, added in pairs: the first form of the relaxed dot product."""
    both = first + second
    products = both + op("i16x8.extmul_low_i8x16_s") + both + op("i16x8.extmul_high_i8x16_s")
    return (products + op("i8x16.shuffle", EVEN) + products + op("i8x16.shuffle", ODD) + op("i16x8.add"))


def reference(text: str, operands: list[bytes]) -> bytes:
    """The relaxed instruction `text`, as in the deterministic profile, in other instructions."""
    shape, name = text.split(".")
    first, *rest = operands
    if name == "relaxed_dot_i8x16_i7x16_s":
        return dot_i8(*operands)
    if name == "relaxed_dot_i8x16_i7x16_add_s":
        return dot_i8(first, rest[0]) + op("i32x4.extadd_pairwise_i16x8_s") + rest[1] + op("i32x4.add")
    if name == "relaxed_madd":
        return first + rest[0] + op(shape + ".mul") + rest[1] + op(shape + ".add")
    if name == "relaxed_nmadd":
        return first + op(shape + ".neg") + rest[0] + op(shape + ".mul") + rest[1] + op(shape + ".add")
    plain = {"relaxed_laneselect": "v128.bitselect", "relaxed_q15mulr_s": "i16x8.q15mulr_sat_s"}.get(name)
    if not plain:
        plain = shape + "." + name.replace("relaxed_trunc", "trunc_sat").replace("relaxed_", "")
    return b"".join(operands) + op(plain)


class Case(NamedTuple):
    """An instruction with immediates, and how each operand comes: None from memory, else a constant."""

    row: wasm.Row
    immediates: bytes
    constants: tuple[bytes | None, ...]

    @property
    def variable_count(self) -> int:
        return sum(value is None for value in self.constants)

    @property
    def result_count(self) -> int:
        return len(INPUTS) ** min(2, self.variable_count)

    def name(self) -> str:
        given = [value.hex() if value else "*" for value in self.constants]
        return f"{self.row.text} {self.immediates.hex()} ({', '.join(given)})"


def immediates_of(row: wasm.Row) -> list[bytes]:
    lanes = [bytes([lane]) for lane in range(row.lanes)]
    draw = random.Random(row.code)
    if row.immediates == "Memarg":
        return [b"\x00\x03"]
    if row.immediates == "MemargLane":
        return [b"\x00\x03" + lane for lane in lanes]
    if row.immediates == "Lane":
        return lanes
    if row.immediates == "Shuffle":
        regular = [bytes(range(16)), bytes(range(16, 32)), EVEN, ODD, bytes([5] * 16), bytes(range(4, 20))]
        return regular + [bytes(draw.choices(range(32), k=16)) for _ in range(8)]
    if row.immediates == "V128":
        return INPUTS[10:14]
    return [b""]


def cases(relaxed: bool) -> list[Case]:
    found = []
    for row in [*ROWS.values(), *SCALAR_ROWS]:
        if row.feature == "RelaxedSimd" and not relaxed:
            continue
        operands = len(row.operands)
        for immediates in immediates_of(row):
            found.append(Case(row, immediates, (None,) * operands))
        if row.immediates == "None":
            draw = random.Random(row.code)
            for k in range(operands):
                for value in draw.sample(INPUTS, 3):
                    found.append(Case(row, b"", tuple(value if i == k else None for i in range(operands))))
            found.append(Case(row, b"", tuple(draw.sample(INPUTS, operands))))
    return found


def write_results(count: int) -> bytes:
    """Writes `count` bytes from OUT on to standard output; function 0 is FD_WRITE."""
    return (i32(IOVEC) + i32(OUT) + b"\x36" + wasm.MEMARG + i32(IOVEC + 4) + i32(count) + b"\x36" + wasm.MEMARG +
            i32(1) + i32(IOVEC) + i32(1) + i32(IOVEC + 8) + b"\x10\x00\x1a")


def body_of(case: Case, replace_relaxed: bool) -> bytes:
    """Writes the results for all operands from OUT on. Locals: 0 and 1 offsets of inputs, 2 where to write."""
    row = case.row
    limit = 16 * len(INPUTS)

    def operand(index: int) -> bytes:
        letter = row.operands[index]
        if case.constants[index] is not None:
            return constant(letter, case.constants[index])
        if letter == "p":
            # Loads are not aligned. Stores go to one place.
            return i32(SCRATCH) if not row.results else local_get(0) + i32(5) + b"\x6c" + i32(4) + b"\x76"
        # The third that varies goes with the first two.
        position = sum(value is None for value in case.constants[:index])
        offset = [local_get(0), local_get(1),
                  local_get(0) + i32(5) + b"\x6c" + local_get(1) + b"\x6a" + i32(limit) + b"\x70"][position]
        if letter == "v":
            return offset + op("v128.load", wasm.MEMARG)
        return offset + LOADS[letter] + wasm.MEMARG

    operands = [operand(index) for index in range(len(row.operands))]
    if row.feature == "RelaxedSimd" and replace_relaxed:
        computed = reference(row.text, operands)
    elif row.feature == "Scalar":
        computed = b"".join(operands) + bytes([row.code])
    else:
        computed = b"".join(operands) + op(row.text, case.immediates)
    clear = op("v128.const", bytes(16)) + op("v128.store", wasm.MEMARG)
    if not row.results:
        code = (i32(SCRATCH) + clear + i32(SCRATCH + 16) + clear + computed +
                local_get(2) + i32(SCRATCH + 3) + op("v128.load", wasm.MEMARG) + op("v128.store", wasm.MEMARG))
    elif row.results == "v":
        code = local_get(2) + computed + op("v128.store", wasm.MEMARG)
    else:
        code = local_get(2) + clear + local_get(2) + computed + STORES[row.results] + wasm.MEMARG
    code += local_get(2) + i32(16) + b"\x6a" + local_set(2)
    for index in reversed(range(min(2, case.variable_count))):
        # loop ... local += 16; br_if local < limit
        code = (i32(0) + local_set(index) + b"\x03\x40" + code + local_get(index) + i32(16) + b"\x6a" + b"\x22" +
                wasm.unsigned(index) + i32(limit) + b"\x49\x0d\x00\x0b")
    return i32(OUT) + local_set(2) + code + write_results(16 * case.result_count)


def make_module(all_cases: list[Case], replace_relaxed: bool) -> bytes:
    functions = [wasm.Function(f"f{index}", "", "", "iii", body_of(case, replace_relaxed))
                 for index, case in enumerate(all_cases)]
    start = b"".join(b"\x10" + wasm.unsigned(1 + index) for index in range(len(functions)))
    functions.append(wasm.Function("_start", "", "", "", start))
    return wasm.module(functions, b"".join(INPUTS), 2 + 16 * len(INPUTS) ** 2 // 65536,
                       [FD_WRITE])


def is_nan(bits: int, width: int) -> bool:
    exponent, mantissa = (0x7F800000, 0x7FFFFF) if width == 32 else (0x7FF << 52, (1 << 52) - 1)
    return bits & exponent == exponent and bits & mantissa != 0


def same(row: wasm.Row, found: bytes, wanted: bytes, deterministic: bool) -> bool:
    arithmetic = ARITHMETIC.match(row.text)
    if not arithmetic:
        return found == wanted
    width = int(arithmetic[1])
    form = "<4I" if width == 32 else "<2Q"
    quiet = 0x400000 if width == 32 else 1 << 51
    canonical = 0x7FC00000 if width == 32 else 0x7FF8 << 48
    for ours, theirs in zip(struct.unpack(form, found), struct.unpack(form, wanted)):
        if is_nan(ours, width) and is_nan(theirs, width):
            if not ours & quiet or (deterministic and ours != canonical):
                return False
        elif ours != theirs:
            return False
    return True


def compare(what: str, all_cases: list[Case], found: bytes, wanted: bytes, deterministic: bool) -> None:
    if len(found) != len(wanted):
        harness.fail(f"{what}: {len(found)} bytes of results, must be {len(wanted)}")
    position, differences = 0, []
    for case in all_cases:
        end = position + 16 * case.result_count
        if found[position:end] != wanted[position:end]:
            for index in range(case.result_count):
                ours, theirs = (data[position + 16 * index:position + 16 * index + 16] for data in (found, wanted))
                if ours != theirs and not same(case.row, ours, theirs, deterministic):
                    differences.append(f"{case.name()}: result {index} is {ours.hex()}, must be {theirs.hex()}")
                    break
        position = end
    if differences:
        harness.fail(f"{what}: {len(differences)} cases differ\n" + "\n".join(differences[:40]))


def run_with_node(node: str, module: str) -> bytes:
    driver = str(pathlib.Path(__file__).parent / "run_wasi.mjs")
    outcome = harness.run([node, "--no-warnings", driver, module, "", "", "--"])
    if outcome.status != 0:
        harness.fail(f"Node.js: {harness.text_of(outcome.errors)}")
    return outcome.output


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    harness.add_command_options(parser)
    parser.add_argument("--node", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("mode", nargs="+", help="options of code generation for a run, separated by commas")
    options = parser.parse_args()
    work = harness.fresh_directory(options.work)
    wanted = {}
    for mode in options.mode:
        deterministic = "--deterministic" in mode
        all_cases = cases(relaxed=deterministic)
        subject, oracle = work / f"subject-{deterministic}.wasm", work / f"oracle-{deterministic}.wasm"
        subject.write_bytes(make_module(all_cases, replace_relaxed=False))
        if deterministic not in wanted:
            oracle.write_bytes(make_module(all_cases, replace_relaxed=True))
            wanted[deterministic] = run_with_node(options.node, str(oracle))
        artifact = str(work / "subject.so")
        harness.build([*harness.compiler(options), *mode.split(","), str(subject), "-o", artifact])
        outcome = harness.run([*harness.runner(options), artifact])
        if outcome.status != 0:
            harness.fail(f"{mode}: {harness.text_of(outcome.errors)}")
        compare(mode, all_cases, outcome.output, wanted[deterministic], deterministic)
        print(f"{mode}: {len(all_cases)} cases, {len(outcome.output) // 16} results")


if __name__ == "__main__":
    main()
