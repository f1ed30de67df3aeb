# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Shapes that compilers' own passes get wrong: bodies with several copies, and near misses of them; addresses at edges.

Each row of an unrolled body has a value for each copy. What makes them copies of one body, and every way in which one value of a row is not
what it would be, must occur; so rows are made first, and then one value may be changed.
"""

from loops import (ELEMENTS, add, base, combine, count, counted, kind_of, load, pick, sink, store)
from random_code import PAGE
from tree import constant, get, i32, memarg, op, put


def rows_of(writer, copies, element):
    """The values of a row, as functions of nothing, and what must be done in each iteration: (values, setup, advance)."""
    rng = writer.rng
    state = writer.function.local("i")
    setup = [put(state, writer.leaf("i"))]
    kind = rng.choice(["same", "line", "chain", "weight"])
    if kind == "chain":
        # x, f(x), f(f(x)), ...
        factor, term = i32(rng.choice([5, 1664525, -1])), i32(rng.choice([1, 3, 1013904223]))
        chain = [writer.function.local("i") for _ in range(copies + 1)]
        name = rng.choice(["i32.xor", "i32.add"])
        first = [put(chain[0], get(state))]
        first += [put(chain[index + 1], op(name, op("i32.mul", get(chain[index]), factor), term)) for index in range(copies)]
        last = rng.choice([copies, copies, copies - 1, 1])
        return [get(local) for local in chain[:copies]], setup, first, [put(state, get(chain[last]))]
    step = rng.choice([1, copies, copies, -copies, 2 * copies, 3])
    advance = [put(state, add(get(state), i32(step)))]
    if kind == "line":
        # Factors whose product with the step is what the step alone is modulo 2^32.
        factor = rng.choice([1, 1, 2, 3, 0x40000001, 0x20000001, 0x80000001, -1])
        value = get(state) if factor == 1 else op("i32.mul", get(state), i32(factor))
        slope = rng.choice([factor * step // copies, factor, 1, step // copies]) & 0xFFFFFFFF
        slope -= (slope & 0x80000000) << 1
        return [add(value, i32((slope * index + (1 << 31)) % (1 << 32) - (1 << 31))) for index in range(copies)], setup, [], advance
    return [get(state)] * copies, setup, [], advance


def copies_of_one(writer):
    """An unrolled body: stores, updates or sums of several elements, of which each value may be of another copy than it should be."""
    rng = writer.rng
    element = rng.choice(ELEMENTS[:5])
    width, copies = element[2], rng.choice([2, 2, 3, 4, 4, 5, 8])
    pointer, other, counter, total = (writer.function.local("i") for _ in range(4))
    values, setup, first, advance = rows_of(writer, copies, element)
    if writer.chance(0.4):
        # One value is another copy's, or something else.
        values = list(values)
        values[rng.randrange(copies)] = rng.choice([values[0], values[-1], values[copies // 2], add(values[0], i32(1))])
    places = [index * width for index in range(copies)]
    if writer.chance(0.15):
        places[rng.randrange(copies)] += rng.choice([-width, width, 1])
    form, name = rng.choice(["store", "update", "both", "sum"]), rng.choice(["add", "mul", "xor", "sub"])
    body = list(first)
    for value, place in zip(values, places):
        if form == "sum":
            term = op(f"i32.{name}", load(element, get(pointer), max(place, 0)), value)
            body.append(put(total, add(op("i32.mul", get(total), i32(rng.choice([1, 1, 31]))), term) if writer.chance(0.9) else term))
            continue
        if form != "store":
            value = op(f"i32.{name}", load(element, get(rng.choice([pointer, pointer, other])), max(place, 0)), value)
        body.append(store(writer, element, get(pointer), value, max(place, 0)))
        if form == "both":
            body.append(store(writer, element, get(other), value, max(place, 0)))
    strides = [rng.choice([copies * width] * 6 + [-copies * width, width, copies * width + width]) for _ in range(2)]
    advance = advance + [put(local, add(get(local), i32(stride))) for local, stride in zip((pointer, other), strides)]
    span = rng.choice([200, 600, 1500])
    return [put(pointer, base(writer, span)), put(other, base(writer, span)), put(total, writer.leaf("i")), *setup,
            *counted(writer, counter, count(writer), body, advance), *sink(writer, get(total))]


def far_steps(writer):
    """Loops, mostly descending, whose steps are near the size of a page or guard, fills and sums, from near the edges of memory."""
    rng = writer.rng
    element = pick(writer, vectors=False)
    kind, width = kind_of(element), element[2]
    pointer, counter, total = writer.function.local("i"), writer.function.local("i"), writer.function.local(kind)
    step = rng.choice([PAGE, PAGE - 1, PAGE - width, PAGE + width, 4096, 4096 - width, width, 2 * width]) * rng.choice([-1, -1, -1, 1])
    start = rng.choice([0, 1, width, 100, PAGE - width, PAGE, 2 * PAGE - width, 3 * PAGE - 1, -1, -width, -PAGE, 0x7FFFFFFF])
    unroll = rng.choice([1, 1, 2, 4])
    body = []
    for index in range(unroll):
        at = rng.choice([get(pointer), add(get(pointer), i32(rng.choice([-1, 1]) * index * width))])
        if writer.chance(0.5):
            body.append(store(writer, element, at, get(total), rng.choice([0, 0, index * width])))
        else:
            body.append(put(total, combine(writer, get(total), load(element, at, rng.choice([0, 0, index * width])))))
    return [put(pointer, i32(start)), put(total, writer.leaf(kind)),
            *counted(writer, counter, count(writer), body, [put(pointer, add(get(pointer), i32(step)))]), *sink(writer, get(total))]


def sums_at_edges(writer):
    """Accesses at p, p + c and with offsets up to 2^32 - 1, of which some stores die, and p is next to 0, the end of memory or 2^32."""
    rng = writer.rng
    element = pick(writer)
    kind, width = kind_of(element), element[2]
    pointer, value = writer.function.local("i"), writer.function.local(kind)
    start = rng.choice([0, 1, 7, 8, PAGE - 16, PAGE - width, -1, -8, -PAGE, -PAGE + 1, -PAGE - 1])
    statements = [put(pointer, add(op("i32.and", writer.leaf("i"), i32(rng.choice([0, 7, 15]))), i32(start))), put(value, writer.leaf(kind))]

    def place():
        return get(pointer) if writer.chance(0.4) else add(get(pointer), i32(rng.choice([-1, 1]) * rng.choice([1, 4, 8, 15, 16, 4096, PAGE - 1, PAGE])))

    for _ in range(rng.randrange(2, 7)):
        at, offset = place(), rng.choice([0, 0, 0, 4, 8, 4096, PAGE - 1, 0xFFFF0000, 0xFFFFFFFF])
        if writer.chance(0.5):
            statements.append(store(writer, element, at, get(value), offset))
            if writer.chance(0.5):
                # The first one is dead.
                statements.append(store(writer, element, at, writer.leaf(kind), offset))
        else:
            statements.append(put(value, combine(writer, get(value), load(element, at, offset))))
    return statements + sink(writer, get(value))


def lanes_below(writer):
    """Vectors that begin below 0 or end behind memory, of which only some lanes are looked at; rows of bytes that become such."""
    rng = writer.rng
    pointer, total = writer.function.local("i"), writer.function.local("i")
    lane = rng.randrange(16)
    at = add(get(pointer), i32(-rng.choice([1, 4, 8, 12, 15, 16])))
    vector = op("v128.load", at, immediates=memarg(0, 0))
    part = op("i8x16.extract_lane_u", vector, immediates=bytes([lane]))
    statements = [put(pointer, op("i32.and", writer.leaf("i"), i32(31)) if writer.chance(0.7) else i32(PAGE + rng.randrange(-20, 20))),
                  put(total, writer.leaf("i"))]
    statements.append(put(total, add(get(total), part)))
    if writer.chance(0.5):
        # Several neighbors, which may be loaded as one.
        for index in rng.sample(range(8), rng.choice([2, 4, 8])):
            statements.append(put(total, op("i32.xor", get(total), load(ELEMENTS[0], add(get(pointer), i32(index - 8))))))
    if writer.chance(0.5):
        statements.append(op("v128.store", add(get(pointer), i32(-rng.choice([4, 8, 16]))), constant("v", 0), immediates=memarg(0, 0)))
    return statements + sink(writer, get(total))


MORE_SHAPES = [copies_of_one, copies_of_one, copies_of_one, far_steps, sums_at_edges, lanes_below]
