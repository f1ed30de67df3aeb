# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Modules of loops by number: `generate(seed)` is the text of the same module wherever and whenever it is called."""

import random

from shapes import SHAPES, Loop

PAGE = 1 << 16
FUNCTIONS = 10
# Modules that are run with the same calls, together.
BATCH = 5
MEMORIES = [("i32", pages) for pages in (1, 1, 1, 2, 16)] * 2 + [("i64", pages) for pages in (1, 2, 16)] + [
    ("i32", 32769), ("i32", 65536), ("i64", 32769), ("i64", 65537)]


def calls(seed):
    """Pairs of where to begin and how often, next to the edges of everything."""
    rng = random.Random(f"calls {seed // BATCH}")
    edges = [0, 0, PAGE, PAGE, 2 * PAGE, 16 * PAGE, 1 << 31, 1 << 32, 32769 * PAGE, 65537 * PAGE, 1 << 63, 1 << 64]
    counts = [0, 8, 64, 1000, PAGE, PAGE // 8, 1 << 31, 1 << 32, 1 << 63]

    def next_to(numbers):
        return (rng.choice(numbers) + rng.choice([0, 0, 1, -1, 2, 3, -4, 7, 8, -8, 9, -15, 16, -16, 31, -33, -64, 100, -1000])) % (1 << 64)

    return [(4096, 20), (0, 1), (0, (1 << 32) - 1)] + [(next_to(edges), next_to(counts)) for _ in range(21)]


def windows(pages):
    """The memory that `hash` looks at: all of a small memory, and the edges of a large one."""
    size = pages * PAGE
    if size <= 4 * PAGE:
        return [(0, size)]
    return [(begin, end) for begin, end in ((0, 2 * PAGE), ((1 << 31) - 4096, (1 << 31) + 4096), ((1 << 32) - 4096, (1 << 32) + 4096),
                                            (size - PAGE, size)) if end <= size]


def hash_function(index, pages):
    steps = []
    for number, (begin, end) in enumerate(windows(pages)):
        begin, end = ((value - (1 << 32) if index == "i32" and value >= 1 << 31 else value) for value in (begin, end))
        steps.append(f"""(local.set $at ({index}.const {begin}))
    (loop $l{number}
      (local.set $h (i64.mul (i64.xor (i64.rotl (local.get $h) (i64.const 9)) (i64.load (local.get $at))) (i64.const 0x100000001b3)))
      (br_if $l{number} ({index}.ne (local.tee $at ({index}.add (local.get $at) ({index}.const 8))) ({index}.const {end}))))""")
    return f"""(func (export "hash") (result i64) (local $h i64) (local $at {index}) (local $i i32)
    {' '.join(steps)}
    (loop $t
      (local.set $h (i64.add (i64.mul (local.get $h) (i64.const 3)) (i64.extend_i32_u (ref.is_null (table.get $t (local.get $i))))))
      (br_if $t (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16))))
    (local.get $h))"""


def generate(seed):
    rng = random.Random(seed)
    index, pages = rng.choice(MEMORIES)
    functions = []
    for number in range(FUNCTIONS):
        loop = Loop(rng, index, pages > 16)
        body = rng.choice(SHAPES)(loop)
        convert = "(i32.wrap_i64 {})" if index == "i32" else "{}"
        functions.append(f"""(func $g{number} (param $a {index}) (param $n {index}) (result i64) {' '.join(loop.locals)}
    {body})
  (func (export "f{number}") (param $a i64) (param $n i64) (result i64)
    (call $g{number} {convert.format('(local.get $a)')} {convert.format('(local.get $n)')}))""")
    content = "".join(f"\\{byte:02x}" for byte in rng.choices([0, 10, 0x41, 0x7f, 0xc8, 0xff] + list(range(256)), k=2000))
    segments = [f"(data ({index}.const {at}) \"{content}\")" for at in (0, PAGE - 2000)]
    newline = "\n  "
    return f"""(module
  (type $r (func (result i64)))
  (memory {'i64 ' if index == 'i64' else ''}{pages} {pages + (pages < 65536 or index == 'i64')})
  (table $t 16 20 funcref)
  (elem (table $t) (i32.const 0) func $one $two $one $two)
  (elem (table $t) (i32.const 12) func $two $one)
  (func $one (result i64) (i64.const 1))
  (func $two (result i64) (i64.const 2))
  {newline.join(segments)}
  {hash_function(index, pages)}
  {newline.join(functions)})
"""
