#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Compile time against size, for functions made to be hard: twice the size should take about twice the time.

    utils/bench/compile_scaling.py [--bin build/release/bin/wasm2native] [--level -O3] [shape...]
    utils/bench/compile_scaling.py --search 5 [--seed 1] [shape...]     # double each shape, and shapes made of two, up to 5 s
    utils/bench/compile_scaling.py --search 5 --level=-O0,-O1,-O2,-O3   # at several levels
    utils/bench/compile_scaling.py --check                              # no shape grows too badly; for tests
    utils/bench/compile_scaling.py --modules 50000000 [--level -O3]     # modules of ordinary functions, doubled from 10 KB

Each shape is one function, at one, two and four times a size; processor seconds, peak memory, and the time for the largest over the time
for the smallest, which is 4 for linear growth. --search reports the ratio of the last doubling in time and memory, which is 2 for linear
growth, and the exponent of time, which is 1 for linear growth and 2 for quadratic.
"""
import argparse
import math
import os
import pathlib
import random
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LOCALS = 250
WIDE = 1000  # values that a wide call or label takes
BLOCK, LOOP, IF, END, BR_IF, BR_TABLE = b"\x02\x40", b"\x03\x40", b"\x04\x40", b"\x0b", b"\x0d", b"\x0e"


def number(value):
    """LEB128; as a signed number it must stay below 64 in its last byte, which padding sees to."""
    out = bytearray()
    while value >= 64:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def get(local):
    return b"\x20" + number(local)


def put(local):
    return b"\x21" + number(local)


def constant(value):
    return b"\x41" + number(value)


def load(offset):
    return b"\x28\x02" + number(offset)


def loads(size):
    """Straight code: a sum of memory cells."""
    return get(0) + b"".join(get(0) + load(4 * i % 60000) + b"\x6a" for i in range(size))


def copies(size):
    """Straight code: loads and stores that may alias."""
    return b"".join(get(0) + get(0) + load(4 * i % 6000) + b"\x36\x02" + number(8 * i % 60000) for i in range(size)) + get(0)


def loads_then_stores(size):
    """Straight code: stores that may alias any of the loads before them."""
    return b"".join(get(0) + get(0) + load(4 * i % 60000) for i in range(size)) + b"".join(b"\x36\x02" + number(8 * i % 60000) for i in range(size)) + get(0)


def ifs(size):
    return b"".join(get(0) + constant(i) + b"\x4e" + IF + get(i % 200) + constant(1) + b"\x6a" + put(i * 7 % 200) + END
                    for i in range(size)) + get(5)


def loops(size):
    return b"".join(LOOP + get(i % 50) + load(0) + put(i * 3 % 50) + get(1) + BR_IF + b"\0" + END
                    for i in range(size)) + get(3)


def nested_blocks(size):
    return BLOCK * size + get(0) + BR_IF + number(size // 2) + END * size + get(0)


def nested_loops(size):
    return LOOP * size + b"".join(get(i) + constant(1) + b"\x6a" + put(i) for i in range(LOCALS)) + get(0) + BR_IF + \
        number(size // 2) + END * size + get(0)


def branch_table(size):
    """One br_table with `size` entries to 200 labels."""
    generator, labels = random.Random(1), 200
    table = b"".join(number(generator.randrange(labels)) for _ in range(size + 1))
    return BLOCK * labels + get(0) + BR_TABLE + number(size) + table + \
        b"".join(END + get(0) + constant(i) + b"\x6a" + put(0) for i in range(labels)) + get(0)


def loop_chain(size):
    """Each loop begins with what the one before it ended with."""
    return b"".join(LOOP + get(0) + constant(1) + b"\x6a" + b"\x22\0" + constant(i * 7 % 60) + b"\x48" + BR_IF + b"\0" + END
                    for i in range(size)) + get(0)


def bounded_chain(size):
    """Each loop runs as often as the one before it has added up."""
    return b"".join(constant(0) + put(i % 3 + 1) + LOOP + get(0) + get(i % 3 + 1) + b"\x6a" + put(0) + get(i % 3 + 1) + constant(1) + b"\x6a\x22" +
                    number(i % 3 + 1) + get((i + 2) % 3 + 1) + b"\x48" + BR_IF + b"\0" + END for i in range(size)) + get(0)


def memory_loops(size):
    """Loops that walk through memory, each on from where the last one stopped."""
    return b"".join(LOOP + get(0) + get(0) + load(i % 64 * 4) + b"\x36\x02" + number(i * 8 % 4096) + get(0) + constant(4) + b"\x6a\x22\0" +
                    get(1) + b"\x48" + BR_IF + b"\0" + END for i in range(size)) + get(0)


def phis(size):
    """Many locals that each branch changes a few of."""
    return b"".join(get(i % LOCALS) + IF + b"".join(get((i + k) % LOCALS) + constant(k) + b"\x6a" + put((i * 3 + k) % LOCALS) for k in range(4)) + END
                    for i in range(size)) + get(7)


def switches(size):
    """br_tables of eight labels, one after the other."""
    table = BR_TABLE + b"\7" + bytes(range(8))
    return b"".join(BLOCK * 8 + get(i % 50) + table + b"".join(END + get(0) + constant(k) + b"\x6a" + put(0) for k in range(8))
                    for i in range(size)) + get(0)


def calls(size):
    """Constants and calls, as code that sets up tables has."""
    return b"".join(constant(1000000 + i * 13) + put(i % 9) + b"\x10\0" + put(10 + i % 9) + get(i % 9) + get(10 + i % 9) + b"\x36\x02" +
                    number(i * 4 % 4096) for i in range(size)) + get(0)


def vectors(size):
    """Straight code: sums of vectors of bytes."""
    return b"".join(get(0) + get(0) + b"\xfd\0\0" + number(16 * i % 4096) + get(0) + b"\xfd\0\0" + number(16 * i * 7 % 4096) +
                    b"\xfd\x6e\xfd\x0b\0" + number(16 * i * 3 % 4096) for i in range(size)) + get(0)


def import_calls(size):
    """Constants in eight arguments, and what a call returns stored: geometry that is built at the start."""
    return b"".join(b"".join(constant(1000000 + i * 13 + k) for k in range(8)) + b"\x10\1\x10\0" + put(2) + get(2) +
                    constant(i) + b"\x36\2\0" for i in range(size)) + get(2)


def bare_calls(size):
    return b"\x10\0\x1a" * size + get(0)


def table_calls(size):
    return b"".join(get(i % 50) + b"\x11\1\0" + put(i * 7 % 50) for i in range(size)) + get(0)


def divisions(size):
    """Each may trap."""
    return b"".join(get(i % 50) + get(i * 7 % 50) + b"\x6d" + put(i * 3 % 50) for i in range(size)) + get(0)


def exits_before_loops(size):
    """Conditions that all hold in each of the loops behind them."""
    return BLOCK + b"".join(get(i % 50) + constant(i) + b"\x4e" + BR_IF + b"\0" for i in range(size)) + \
        b"".join(LOOP + get(i % 50) + constant(1) + b"\x6a" + b"\x22" + number(i % 50) + constant(i) + b"\x48" + BR_IF + b"\0" + END
                 for i in range(size)) + END + get(0)


def loops_of_locals(size):
    """Loops in a row, each with all locals in phis."""
    return b"".join(LOOP + b"".join(get((i + k) % LOCALS) + constant(k) + b"\x6a" + put((i * 3 + k) % LOCALS) for k in range(8)) + get(1) +
                    constant(i) + b"\x48" + BR_IF + b"\0" + END for i in range(size)) + get(0)


def nests(size):
    """Nests of three loops, one after the other, over memory."""
    inner = get(0) + get(0) + load(0) + b"\x36\2\4" + get(0) + constant(4) + b"\x6a\x22\0" + get(1) + b"\x48" + BR_IF + b"\0"

    def outer(local):
        return get(local) + constant(1) + b"\x6a\x22" + number(local) + constant(10) + b"\x48" + BR_IF + b"\0"

    return (LOOP + LOOP + LOOP + inner + END + outer(2) + END + outer(3) + END) * size + get(0)


def sums(size):
    """One expression, as deep as it is long."""
    return get(0) + b"".join(get(i % 50) for i in range(size)) + b"\x6a" * size


def memories(size):
    """Loads and stores of two memories, by turns."""
    return b"".join(get(0) + get(0) + b"\x28\x42\1" + number(4 * i % 4000) + b"\x36\2" + number(8 * i % 4000) for i in range(size)) + get(0)


def wide_calls(size):
    """Calls that hand on a thousand values, each in two bytes."""
    return constant(0) * WIDE + b"\x10\2" * size + b"\x1a" * (WIDE - 1)


def wide_branches(size):
    """Branches that a thousand values go along."""
    return constant(1) * WIDE + b"\x02\2" + (get(0) + BR_IF + b"\0") * size + END + b"\x1a" * (WIDE - 1)


def wide_blocks(size):
    """Blocks that a thousand values go through."""
    return constant(1) * WIDE + (b"\x02\2" + get(0) + BR_IF + b"\0" + END) * size + b"\x1a" * (WIDE - 1)


SHAPES = {loads: 20000, copies: 10000, loads_then_stores: 2000, ifs: 4000, loops: 1500, nested_blocks: 20000, nested_loops: 500, branch_table: 16000,
          loop_chain: 250, bounded_chain: 250, memory_loops: 100, phis: 1000, switches: 200, calls: 4000, vectors: 2000,
          import_calls: 400, bare_calls: 4000, table_calls: 1000, divisions: 1500, exits_before_loops: 250, loops_of_locals: 100, nests: 60,
          sums: 10000, memories: 4000, wide_calls: 500, wide_branches: 500, wide_blocks: 500}


def ordinary(draw):
    """A function of a few hundred bytes: loops, branches, loads and stores."""
    shapes = [loads, copies, ifs, loops]
    body = b"".join(draw.choice(shapes)(draw.randrange(2, 8)) + put(draw.randrange(50)) for _ in range(draw.randrange(2, 6)))
    return body + get(draw.randrange(50))


def module(*bodies):
    """Functions of `bodies`, of which the first is exported. The others are kept as nothing says that they are not needed. Functions 0 and 1
    are imported, for bodies to call; function 2 takes and returns WIDE values."""
    def section(kind, content):
        return bytes([kind]) + number(len(content)) + content

    wide = b"\x60" + (number(WIDE) + b"\x7f" * WIDE) * 2
    # A loop, so that it is not inlined.
    codes = [b"\0" + LOOP + b"\x0c\0" + END + b"\0" + END] + [b"\1" + number(LOCALS) + b"\x7f" + body + END for body in bodies]
    return b"\0asm\1\0\0\0" + section(1, b"\4\x60\1\x7f\1\x7f\x60\0\1\x7f" + wide + b"\x60\x08" + b"\x7f" * 8 + b"\0") + \
        section(2, b"\2\1e\1n\0\1\1e\1r\0\3") + section(3, number(len(codes)) + b"\2" + b"\0" * len(bodies)) + \
        section(4, b"\1\x70\0\x10") + section(5, b"\2\0\1\0\1") + section(7, b"\1\1f\0\3") + \
        section(10, number(len(codes)) + b"".join(number(len(code)) + code for code in codes))


def module_of_size(size):
    draw, bodies, total = random.Random(1), [], 0
    while total < size:
        bodies.append(ordinary(draw))
        total += len(bodies[-1]) + 8
    return module(*bodies)


def compile_once(arguments, folder, content, level=None):
    """Size of the module in bytes, processor seconds, and peak memory in MB."""
    file = pathlib.Path(folder, "module.wasm")
    file.write_bytes(content)
    pid = os.posix_spawn(arguments.bin, [arguments.bin, level or arguments.level, "-j1", str(file), "-o", f"{folder}/module.so"], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit("a module does not compile")
    return len(content), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def doublings(arguments, folder, shape, level, limit):
    """Doubles the size until a compilation takes longer than `limit`; bytes, seconds and megabytes of each."""
    size, points = max(2, SHAPES.get(shape, 100) // 8), []
    while not points or points[-1][1] < limit and points[-1][0] < 8_000_000:
        points.append(compile_once(arguments, folder, module(shape(size)), level))
        size *= 2
    return points


def joined(first, second):
    """A shape that takes turns between two: what one makes, the other has to look through."""
    def both(size):
        return b"".join(part(max(2, size // 16)) + put(index) for index in range(8) for part in (first, second)) + get(0)
    both.__name__ = f"{first.__name__}+{second.__name__}"
    return both


def search(arguments, folder):
    shapes = [shape for shape in SHAPES if not arguments.shapes or shape.__name__ in arguments.shapes]
    draw = random.Random(arguments.seed)
    pairs = [joined(*draw.sample(shapes, 2)) for _ in range(len(shapes))] if len(shapes) > 1 else []
    print(f"{'shape':34} level {'module KB':>9} {'cpu s':>7} {'peak MB':>8} {'time x':>7} {'memory x':>8} exponent")
    for shape in shapes + pairs:
        for level in arguments.level.split(","):
            points = doublings(arguments, folder, shape, level, arguments.search)
            (bytes_before, before, memory_before), (length, seconds, memory) = points[-2:] if len(points) > 1 else points * 2
            exponent = math.log(seconds / before) / math.log(length / bytes_before) if length > bytes_before and before > 0 else 0
            print(f"{shape.__name__:34} {level:5} {length / 1000:9.0f} {seconds:7.2f} {memory:8.0f} {seconds / before:7.1f} "
                  f"{memory / memory_before:8.1f} {exponent:8.2f} {'<-- look here' if exponent > 1.5 else ''}", flush=True)


# Below this, a compilation is mostly LLVM's start.
FLOOR_SECONDS = 1.0


def check(arguments, folder):
    """Four times the size must not take more than eight times as long, unless both are short."""
    bad = []
    for shape in SHAPES:
        if arguments.shapes and shape.__name__ not in arguments.shapes:
            continue
        size = SHAPES[shape] // 2
        small, large = (compile_once(arguments, folder, module(shape(size * factor)))[1] for factor in (1, 4))
        if large > 8 * max(small, FLOOR_SECONDS):
            bad.append(f"{shape.__name__}: {small:.2f} s, four times the size {large:.2f} s")
    if bad:
        raise SystemExit("compile time grows too fast\n" + "\n".join(bad))


def scale_modules(arguments, folder):
    print(f"{'module KB':>9} {'cpu s':>8} {'peak MB':>8} {'ratio':>6}  us for a byte")
    size, before = 10_000, None
    while size <= arguments.modules:
        length, seconds, megabytes = compile_once(arguments, folder, module_of_size(size))
        ratio = f"{seconds / before:6.2f}" if before else " " * 6
        per_byte = seconds / length * 1e6
        print(f"{length / 1000:9.0f} {seconds:8.2f} {megabytes:8.0f} {ratio}  {per_byte:6.2f} {'#' * min(60, round(4 * per_byte))}", flush=True)
        size, before = 2 * size, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin/wasm2native"))
    parser.add_argument("--level", default="-O3")
    parser.add_argument("--modules", type=int, metavar="BYTES", help="double modules of ordinary functions up to this size")
    parser.add_argument("--search", type=float, metavar="SECONDS", help="double shapes until one takes so long")
    parser.add_argument("--seed", type=int, default=1, help="which pairs of shapes --search joins")
    parser.add_argument("--check", action="store_true", help="fail if a shape grows too fast")
    parser.add_argument("shapes", nargs="*")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.modules:
            return scale_modules(arguments, folder)
        if arguments.search:
            return search(arguments, folder)
        if arguments.check:
            return check(arguments, folder)
        print(f"{'shape':14} {'module KB':>9} {'cpu s':>7} {'peak MB':>8}   growth for 4 times the size")
        for shape, size in SHAPES.items():
            if arguments.shapes and shape.__name__ not in arguments.shapes:
                continue
            seconds = []
            for factor in (1, 2, 4):
                length, time, megabytes = compile_once(arguments, folder, module(shape(size * factor)))
                seconds.append(time)
                growth = f"{seconds[2] / seconds[0]:9.1f}" if factor == 4 else ""
                print(f"{shape.__name__:14} {length / 1000:9.0f} {time:7.2f} {megabytes:8.0f} {growth}", flush=True)


if __name__ == "__main__":
    main()
