# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Programs by number: `generate(seed)` is the same module wherever and whenever it is called."""

import random

from loops import SHAPES
from module import CLOSED_TABLE, OPEN_TABLE, Module
from random_code import PAGE, Writer
from shapes import MORE_SHAPES
from tree import Function

# The arguments of each function's calls.
CALLS = [(0, 0), (1, 2), ((1 << 64) - 1, 3), (0x7FF0000000000001, 0x8000000000000000), (0xFFF8, 0x10000000100), (12345, 0x3FF0000000000000),
         (0x9E3779B97F4A7C15, 0x7FC00000FFFFFFC0), (37, 0x6400000020)]


def calls(count):
    """Arguments of `count` calls: those above, then pairs of small numbers, numbers at edges, and any numbers."""
    rng = random.Random("calls")

    def number():
        dice = rng.random()
        if dice < 0.3:
            return rng.randrange(0, 300)
        if dice < 0.6:
            halves = (rng.choice([0, 1, 8, 100, 0x7FFF, 0x8000, 0xFFF0, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF])
                      + rng.randrange(-2, 3) for _ in range(2))
            return sum((half & 0xFFFFFFFF) << shift for half, shift in zip(halves, (0, 32)))
        return rng.getrandbits(64)

    return (CALLS + [(number(), number()) for _ in range(count - len(CALLS))])[:count]


def generate(seed, functions=16):
    rng = random.Random(seed)
    module = Module()
    signatures = [("".join(rng.choices("iiiillfdv", k=rng.randrange(0, 9))), "".join(rng.choices("iiillfdv", k=rng.choice([0, 1, 1, 1, 1, 2, 3]))))
                  for _ in range(max(2, functions // 2))]
    module.functions = [Function(*rng.choice(signatures)) for _ in range(functions)]
    module.globals = rng.choices("iillfdv", k=rng.randrange(2, 7))
    module.max_pages = rng.choice([1, 2, 3])
    module.tables[CLOSED_TABLE] = [rng.choice([None] + [index for index in range(functions)] * 2) for _ in range(8)]
    module.tables[OPEN_TABLE] = [rng.choice([None] + [index for index in range(functions)]) for _ in range(8)]
    module.element_segment = [rng.choice([None] + [index for index in module.tables[OPEN_TABLE] if index is not None]) for _ in range(4)]
    for address, size in ((rng.randrange(0, 64), 700), (8000, 400), (PAGE - 300, rng.choice([300, 290, 100]))):
        module.data.append((address, rng.randbytes(size) if rng.random() < 0.5 else bytes(rng.choices(b"abc\0xyz \xff", k=size))))
    module.data.append((None, rng.randbytes(64)))
    # Later functions first: whether a function calls, and so needs fuel, does not depend on others.
    for index in reversed(range(functions)):
        writer = Writer(rng, module, index)
        statements = []
        if rng.random() < 0.5:
            statements += writer.guarded_statements(2, 7)
        else:
            for _ in range(rng.randrange(1, 4)):
                writer.budget = max(writer.budget, 40)
                shape = rng.choice(SHAPES + MORE_SHAPES)
                statements += writer.guarded(lambda: shape(writer), masks=(1, 3, 3, 7))  # noqa: B023
                if rng.random() < 0.5:
                    statements += writer.guarded_statements(1, 2)
        writer.finish(statements)
    return module
