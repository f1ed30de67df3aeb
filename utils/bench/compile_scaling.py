#!/usr/bin/env python3
"""Compile time against size, for functions made to be hard: twice the size should take about twice the time.

    utils/bench/compile_scaling.py [--bin build/release/bin/wasm2native] [--level -O3] [shape...]
    utils/bench/compile_scaling.py --modules 50000000 [--level -O3]     # modules of ordinary functions, doubled from 10 KB

Each shape is one function, at one, two and four times a size; processor seconds, peak memory, and the time for the largest over the time
for the smallest, which is 4 for linear growth.
"""
import argparse, os, pathlib, random, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LOCALS = 250
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


SHAPES = {loads: 20000, copies: 10000, ifs: 4000, loops: 1500, nested_blocks: 20000, nested_loops: 500, branch_table: 16000}


def ordinary(draw):
    """A function of a few hundred bytes: loops, branches, loads and stores."""
    shapes = [loads, copies, ifs, loops]
    body = b"".join(draw.choice(shapes)(draw.randrange(2, 8)) + put(draw.randrange(50)) for _ in range(draw.randrange(2, 6)))
    return body + get(draw.randrange(50))


def module(*bodies):
    """Functions of `bodies`, of which the first is exported. The others are kept as nothing says that they are not needed."""
    def section(kind, content):
        return bytes([kind]) + number(len(content)) + content

    codes = [b"\1" + number(LOCALS) + b"\x7f" + body + END for body in bodies]
    return b"\0asm\1\0\0\0" + section(1, b"\1\x60\1\x7f\1\x7f") + section(3, number(len(codes)) + b"\0" * len(codes)) + \
        section(5, b"\1\0\1") + section(7, b"\1\1f\0\0") + \
        section(10, number(len(codes)) + b"".join(number(len(code)) + code for code in codes))


def module_of_size(size):
    draw, bodies, total = random.Random(1), [], 0
    while total < size:
        bodies.append(ordinary(draw))
        total += len(bodies[-1]) + 8
    return module(*bodies)


def compile_once(arguments, folder, content):
    """Size of the module in bytes, processor seconds, and peak memory in MB."""
    file = pathlib.Path(folder, "module.wasm")
    file.write_bytes(content)
    pid = os.posix_spawn(arguments.bin, [arguments.bin, arguments.level, "-j1", str(file), "-o", f"{folder}/module.so"], os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit("a module does not compile")
    return len(content), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


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
    parser.add_argument("shapes", nargs="*")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.modules:
            return scale_modules(arguments, folder)
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
