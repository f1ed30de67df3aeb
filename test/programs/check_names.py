# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Functions whose names mean something to LLVM, the assembler, the linker or ourselves, or are no names at all. A name is for
people: function N returns N, called directly and through a table, whatever it is called, in everything that can be made."""

import argparse
import pathlib
import random

from harness import add_command_options, build, compiler, fail, fresh_directory, run, runner, text_of

NAMES = [
    b"", b"a", b"a", b"a.wasm-function[2]", b"wasm-function[5]", b"wasm-function[4]", b"fn0", b"fn1.a", b"fn9", b"foo",
    b"foo.x86-64", b"foo.x86-64-v3", b"llvm.launder.invariant.group", b"llvm.memcpy", b"llvm.memcpy.p0.p0.i64", b"llvm.trap",
    b"llvm.", b"llvm", b"memcpy", b"memset", b"floor", b"__multi3", b"main", b"_start", b"_DYNAMIC", b"_GLOBAL_OFFSET_TABLE_",
    b"__profn_a", b"__llvm_profile_raw_version", b"wasm2native_metadata", b"w2n.initialize", b"w2n.entry.0", b"w2n.import.0",
    b"w2n.wrapper.3", b"w2n.personality", b"DW.ref.w2n.personality", b"w2n.table.0", b"w2n.table.0.type.0", b"w2n.counters.0",
    b"w2n.copy.0.0", b"w2n.fill.0", b"w2n.image.0", b".L", b".Lf", b".LBB0_1", b".Lfunc_end0", b".text", b".rodata", b".eh_frame",
    b".strtab", b".note.wasm2native", b"rip", b"%rax", b"eax", b"x0", b"ft0", b"$0", b"a@plt", b"a@VERSION", b"a@@V", b"@", b"\x01_a",
    b"quote\"d", b"back\\slash", b"new\nline", b".globl x\n.set x, 0\n", b"tab\tand\x1b[31mred", b"\x7f", b"a\x00b", b"a", b" ", b"#", b"//",
    "größe".encode(), "\u202e".encode(), b"long" * 25000,
]


def unsigned(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def vector(items: list[bytes]) -> bytes:
    return unsigned(len(items)) + b"".join(items)


def sized(content: bytes) -> bytes:
    return unsigned(len(content)) + content


def section(number: int, content: bytes) -> bytes:
    return bytes([number]) + sized(content)


def module(names: list[bytes]) -> bytes:
    """Functions 0 ... n-1 return their index; the next n call them, the last n do it through a table. One of those that
    are called makes tail calls possible, and all are exported by index."""
    count = len(names)
    constant = [sized(b"\x00\x41" + unsigned_constant(i) + b"\x0b") for i in range(count)]
    direct = [sized(b"\x00\x10" + unsigned(i) + b"\x0b") for i in range(count)]
    tail = [sized(b"\x00\x41" + unsigned_constant(i) + b"\x13\x00\x00\x0b") for i in range(count)]
    exports = [sized(b"c%d" % i) + b"\x00" + unsigned(count + i) for i in range(2 * count)]
    functions = [unsigned(i) + sized(name) for i, name in enumerate(names)]
    return (b"\0asm\1\0\0\0" + section(1, vector([b"\x60\x00\x01\x7f"])) + section(3, vector([b"\x00"] * 3 * count)) +
            section(4, vector([b"\x70\x00" + unsigned(count)])) + section(7, vector(exports)) +
            section(9, vector([b"\x00\x41\x00\x0b" + vector([unsigned(i) for i in range(count)])])) +
            section(10, vector(constant + direct + tail)) +
            section(0, sized(b"name") + b"\x01" + sized(vector(functions))))


def unsigned_constant(value: int) -> bytes:
    """A small i32.const, signed LEB128."""
    return bytes([value]) if value < 64 else bytes([value & 0x7F | 0x80, value >> 7])


def random_name(rng: random.Random) -> bytes:
    """Part of a name that means something, or a few bytes that a name section may hold."""
    if rng.random() < 0.6:
        return rng.choice(NAMES[1:-1])[:rng.randrange(1, 24)] + rng.choice([b"", b".", b"0", b"[1]", b".x86-64"])
    return bytes(rng.choice(b"fn.w2@L_$%0123 \x01\t\"\\") for _ in range(rng.randrange(1, 12)))


def check(options: argparse.Namespace, wasm: pathlib.Path, count: int, mode: list[str], calls: list[int]) -> None:
    artifact = wasm.with_suffix(".so")
    build([*compiler(options), *mode, str(wasm), "-o", str(artifact)])
    for index in calls:
        outcome = run([*runner(options), f"--profile-file={wasm.with_suffix('.profile')}", f"--invoke=c{index}", str(artifact)])
        if outcome.output.split() != [b"%d" % (index % count)]:
            fail(f"{' '.join(mode)}: call {index} of {wasm} gave {text_of(outcome.output + outcome.errors)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_command_options(parser)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("modes", nargs="+", help="options to compile with, separated by +")
    options = parser.parse_args()
    work = fresh_directory(options.work)
    rng = random.Random(options.seed)
    for number, names in enumerate([NAMES] + [[random_name(rng) for _ in range(60)] for _ in range(2)]):
        wasm = work / f"{number}.wasm"
        wasm.write_bytes(module(names))
        for mode in options.modes:
            check(options, wasm, len(names), mode.split("+"), rng.sample(range(2 * len(names)), 12))
        for emit in ("obj", "asm", "llvm-ir"):
            build([*compiler(options), f"--emit={emit}", str(wasm), "-o", str(work / f"{number}.{emit}")])
        if b"\n.globl x\n" in (work / f"{number}.asm").read_bytes():
            fail("a name has become lines of assembly")


if __name__ == "__main__":
    main()
