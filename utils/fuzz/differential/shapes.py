# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Shapes that compilers' own passes get wrong: bodies with several copies, and near misses of them; addresses at edges.

Each row of an unrolled body has a value for each copy. What makes them copies of one body, and every way in which one value of a row is not
what it would be, must occur; so rows are made first, and then one value may be changed.
"""

from loops import (ELEMENTS, PREFIX, add, base, combine, compare, count, counted, if_, kind_of, load, loop, pick, sink, store)
from random_code import PAGE
from tree import Node, constant, get, i32, memarg, op, put, tee


def product_row(writer, copies):
    """Products of a counter by a factor of which `copies` are 2^32 + `copies`: modulo 2^32 they advance as if the factor were 1."""
    state = writer.function.local("i")
    factor = (1 << 32) // copies + 1
    value = op("i32.mul", get(state), i32(factor - (factor >> 31 << 32)))
    values = [add(value, i32(index)) for index in range(copies)]
    return values, [put(state, writer.leaf("i"))], [], [put(state, add(get(state), i32(copies)))]


def rows_of(writer, copies, alike):
    """The values of a row, a value for each copy, and what must be done around it: (values, setup, first, advance). If `alike` they are what
    one body would compute, one copy after the other."""
    rng = writer.rng
    state = writer.function.local("i")
    setup = [put(state, writer.leaf("i"))]
    kind = rng.choice(["same", "line", "line", "chain"])
    if kind == "chain":
        # x, f(x), f(f(x)), ...
        factor, term = i32(rng.choice([5, 1664525, -1])), i32(rng.choice([1, 3, 1013904223]))
        chain = [writer.function.local("i") for _ in range(copies + 1)]
        name = rng.choice(["i32.xor", "i32.add"])
        first = [put(chain[0], get(state))]
        first += [put(chain[index + 1], op(name, op("i32.mul", get(chain[index]), factor), term)) for index in range(copies)]
        last = copies if alike else rng.choice([copies, copies - 1, 1])
        return [get(local) for local in chain[:copies]], setup, first, [put(state, get(chain[last]))]
    if kind == "same":
        # In a body of its own each would be one more than the one before.
        return [get(state)] * copies, setup, [], [] if alike else [put(state, add(get(state), i32(rng.choice([1, copies]))))]
    step = rng.choice([copies, copies, -copies, 2 * copies] if alike else [1, copies, copies, -copies, 2 * copies, 3])
    # Factors whose product with the step is what the step alone is modulo 2^32.
    factor = rng.choice([1, 1, 2, 3, -1] if alike else [1, 2, 3, 0x40000001, 0x20000001, 0x80000001, -1])
    value = get(state) if factor == 1 else op("i32.mul", get(state), i32(factor))
    product = (factor * step + (1 << 31)) % (1 << 32) - (1 << 31)
    quotient = abs(product) // copies * (1 if product > 0 else -1)
    slope = factor * (step // copies) if alike else rng.choice([quotient, quotient, factor, 1, step // copies])
    slope &= 0xFFFFFFFF
    slope -= (slope & 0x80000000) << 1
    values = [add(value, i32((slope * index + (1 << 31)) % (1 << 32) - (1 << 31))) for index in range(copies)]
    return values, setup, [], [put(state, add(get(state), i32(step)))]


def copies_of_one(writer):
    """An unrolled body: stores, updates or sums of several elements. In half of them all copies are alike, so that they are rolled up; in the
    others one thing in one copy is not."""
    rng = writer.rng
    element = rng.choice(ELEMENTS[:5])
    width, copies = element[2], rng.choice([2, 2, 3, 4, 4, 5, 8])
    pointer, other, counter, total = (writer.function.local("i") for _ in range(4))
    different = rng.choice(["nothing"] * 5 + ["row", "row", "row", "product", "value", "value", "place", "source", "factor", "stride"])
    if different == "product":
        element, width, copies = ELEMENTS[4], 4, rng.choice([2, 4, 8])
    odd = rng.randrange(copies)  # the copy that has it
    values, setup, first, advance = product_row(writer, copies) if different == "product" else rows_of(writer, copies, different != "row")
    values, places, sources = list(values), [index * width for index in range(copies)], [rng.choice([pointer, pointer, other])] * copies
    form, name = rng.choice(["store", "update", "both", "sum"]), rng.choice(["add", "mul", "xor", "sub"])
    factors = [rng.choice([1, 1, 31])] * copies
    if different == "value":
        # The value of another copy, or something else.
        values[odd] = rng.choice([values[0], values[-1], values[copies // 2], add(values[0], i32(1))])
    elif different == "place":
        places[odd] = max(0, places[odd] + rng.choice([-width, width, 1]))
    elif different == "source":
        sources[odd] = pointer if sources[odd] is other else other
    elif different == "factor":
        factors[odd] += 2
    body = list(first)
    for value, place, source, factor in zip(values, places, sources, factors):
        if form == "sum":
            sum_ = get(total) if factor == 1 else op("i32.mul", get(total), i32(factor))
            body.append(put(total, add(sum_, op(f"i32.{name}", load(element, get(pointer), place), value))))
            continue
        if form != "store":
            value = op(f"i32.{name}", load(element, get(source), place), value)
        body.append(store(writer, element, get(pointer), value, place))
        if form == "both":
            body.append(store(writer, element, get(other), value, place))
    direction = rng.choice([copies * width] * 3 + [-copies * width])
    strides = [direction, direction]
    if different == "stride":
        strides[rng.randrange(2)] = rng.choice([-direction, width, direction + width])
    advance = advance + [put(local, add(get(local), i32(stride))) for local, stride in zip((pointer, other), strides)]
    # Mostly enough for all iterations: of a loop that traps, results are not compared.
    span = rng.choice([600, 8500, 8500, 8500])

    def begin():
        return base(writer, span) if direction > 0 else add(op("i32.and", writer.leaf("i"), i32(0x3FFF)), i32(span))

    return [put(pointer, begin()), put(other, begin()), put(total, writer.leaf("i")), *setup,
            *counted(writer, counter, count(writer), body, advance), *sink(writer, get(total))]


def far_steps(writer):
    """Loops, mostly descending, whose steps are near the size of a page or guard, fills and sums, from near the edges of memory."""
    writer.risky = True
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
    writer.risky = True
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


def one_sum(writer):
    """An access at p - c with an offset that leads back inside where p - c wraps around, or one at p + c, which may wrap around, with one at p
    that happens only where it is inside. Nothing else may trap, so that a trap that is lost, or too many, shows."""
    rng = writer.rng
    element = pick(writer)
    kind = kind_of(element)
    pointer, value = writer.function.local("i"), writer.function.local(kind)
    distance = rng.choice([1, 4, 8, 15, 16, 40])
    setup = [put(value, writer.leaf(kind))]
    if writer.chance(0.5):
        writer.risky = True
        at, offset = add(get(pointer), i32(-distance)), rng.choice([distance, distance + 4, 64, 4096])
        setup.append(put(pointer, op("i32.and", writer.leaf("i"), i32(rng.choice([7, 15, 31])))))
        return [*setup, put(value, load(element, at, offset)), *sink(writer, get(value))]
    # A signed byte, of whose sign the compiler knows nothing: a choice between a small number and one next to 2^32 would become a choice
    # between two sums, or two paths, each with a pointer of its own.
    setup.append(put(pointer, op("i32.load8_s", op("i32.and", writer.leaf("i"), i32(0x1FF)), immediates=memarg(0, 0))))
    inside = op("i32.lt_u", get(pointer), i32(rng.choice([100, 128, PAGE - 16])))
    step = i32(128 + distance)
    if writer.chance(0.3):
        # A small number that is not known: an entry of a table.
        step = op("i32.or", op("i32.and", writer.leaf("i"), i32(rng.choice([31, 255]))), i32(128))
    first = put(value, load(element, get(pointer))) if writer.chance(0.5) else store(writer, element, get(pointer), get(value))
    statements = [if_(inside, first), put(value, combine(writer, get(value), load(element, add(get(pointer), step))))]
    if writer.chance(0.3):
        statements.reverse()
    return [*setup, *statements, *sink(writer, get(value))]


def lanes_below(writer):
    """Vectors that begin below 0 or end behind memory, of which only some lanes are looked at; rows of bytes that become such."""
    writer.risky = True
    rng = writer.rng
    pointer, total = writer.function.local("i"), writer.function.local("i")
    # Lanes of 32 and 64 bits are those that code generators load alone.
    name, lanes = rng.choice([("i8x16.extract_lane_u", 16), ("i32x4.extract_lane", 4), ("i32x4.extract_lane", 4), ("i64x2.extract_lane", 2)])
    lane = rng.choice([lanes - 1, rng.randrange(lanes)])
    at = add(get(pointer), i32(-rng.choice([1, 4, 8, 12, 15, 16])))
    vector = op("v128.load", at, immediates=memarg(0, 0))
    part = op(name, vector, immediates=bytes([lane]))
    if part.kind == "l":
        part = op("i32.wrap_i64", part)
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


def fill(writer):
    """memset: bytes or vectors of one value, up or down, from near an edge."""
    writer.risky = True
    rng = writer.rng
    element = rng.choice([ELEMENTS[0], ELEMENTS[0], ELEMENTS[4], ELEMENTS[9]])
    width = element[2]
    pointer, counter = writer.function.local("i"), writer.function.local("i")
    value = constant("v", rng.choice([0, (1 << 128) - 1])) if width == 16 else i32(rng.choice([0, 0, -1, 0x41]))
    down = writer.chance(0.4)
    start = base(writer, 300) if not down else rng.choice([i32(rng.choice([0, 3, 40, 300])), op("i32.and", writer.leaf("i"), i32(255))])
    body = [store(writer, element, get(pointer), value, rng.choice([0, 0, 8]))]
    return [put(pointer, start), *counted(writer, counter, count(writer), body, [put(pointer, add(get(pointer), i32(-width if down else width)))])]


def wide_product(writer):
    """A product of 128 bits from halves, of which a term or a mask may be another."""
    rng = writer.rng
    names = "x y xl xh yl yh p t u".split()
    v = {name: writer.function.local("l") for name in names}
    low, high = constant("l", 0xFFFFFFFF), constant("l", 32)

    def mul(a, b):
        return op("i64.mul", get(v[a]), get(v[b]))

    def sum_(first, second):
        return op("i64.add", *rng.sample([first, second], 2))

    inner = rng.choice([("xl", "yh", "xh", "yl"), ("xh", "yl", "xl", "yh")])
    if writer.chance(0.3):
        inner = rng.choice([("xl", "yh", "xl", "yh"), ("xl", "yl", "xh", "yl"), ("xh", "yh", "xh", "yl")])
    statements = [put(v[name], op("i64.xor", writer.leaf("l"), load(ELEMENTS[6], i32(8 * rng.randrange(64))))) for name in "xy"]
    for name in "xy":
        statements += [put(v[name + "l"], op("i64.and", get(v[name]), low)), put(v[name + "h"], op("i64.shr_u", get(v[name]), high))]
    statements += [put(v["p"], mul("xl", "yl")), put(v["t"], sum_(op("i64.shr_u", get(v["p"]), high), mul(*inner[:2]))),
                   put(v["u"], sum_(op("i64.and", get(v["t"]), low), mul(*inner[2:])))]
    low_word = op(rng.choice(["i64.or", "i64.add"]), op("i64.shl", get(v["u"]), high), op("i64.and", get(v["p"]), low))
    terms = [op("i64.shr_u", get(v["u"]), high), op("i64.shr_u", get(v["t"]), high), mul("xh", "yh")]
    if writer.chance(0.2):
        terms.pop(rng.randrange(3))
    if writer.chance(0.3):
        terms.append(writer.leaf("l"))
    rng.shuffle(terms)
    high_word = terms[0]
    for term in terms[1:]:
        high_word = op("i64.add", high_word, term)
    word, place = ELEMENTS[6], i32(rng.randrange(0, 4096))
    return [*statements, store(writer, word, place, low_word), store(writer, word, place, high_word, 8)]


def loop_chain(writer):
    """More loops in a row than a chain may have, each of which begins where the one before it ended."""
    rng = writer.rng
    pointer, counter, total = (writer.function.local("i") for _ in range(3))
    statements = [put(pointer, base(writer, 300)), put(total, writer.leaf("i"))]
    for _ in range(14):
        body = [put(total, op("i32.xor", get(total), load(ELEMENTS[0], get(pointer))))]
        statements += counted(writer, counter, op("i32.and", get(total), i32(rng.choice([1, 3]))), body, [put(pointer, add(get(pointer), i32(1)))])
    return statements + sink(writer, add(get(total), get(pointer)))


def until_equal(writer):
    """for (p = begin; p != end; p += step): an end that p may miss, so that only memory's end ends it; with a second array, and p as a number."""
    writer.risky = True
    rng = writer.rng
    element = ELEMENTS[4]
    step = rng.choice([4, 4, 8, 16])
    pointer, other, end = (writer.function.local("i") for _ in range(3))
    sum_ = writer.function.local("l")
    body = [store(writer, element, get(pointer), op("i32.mul", load(element, get(pointer), 4 * index), i32(7)), 4 * index) for index in range(step // 4)]
    if writer.chance(0.4):
        body.append(put(sum_, op("i64.add", get(sum_), op("i64.extend_i32_u", get(pointer)))))
    if writer.chance(0.3):
        body.append(store(writer, element, get(other), get(pointer)))
    distance = op("i32.and", writer.leaf("i"), i32(rng.choice([0xF0, 0xFC, 0xFC, 0xFF])))
    test = op("i32.ne", add(get(pointer), i32(step)), get(end))
    return [put(pointer, i32(rng.randrange(0, 20000))), put(other, base(writer, 300)), put(end, add(get(pointer), add(distance, i32(16)))),
            loop(*body, put(other, add(get(other), i32(step))),
                 Node("", test, put(pointer, add(get(pointer), i32(step))), b"\x0d\x00")), *sink(writer, get(sum_)), *sink(writer, get(pointer))]


def counter_in_bytes(writer):
    """for (i = 0; i != constant; i += width) a[i] = b[i] op c, where the constant may be no multiple of the width."""
    rng = writer.rng
    element = rng.choice(ELEMENTS[2:9])
    kind, width = kind_of(element), element[2]
    index, first, second, value = (writer.function.local(its) for its in "iii" + kind)
    bound = width * rng.choice([1, 5, 16, 40, 100])
    test = op(rng.choice(["i32.ne", "i32.ne", "i32.lt_u"]), tee(index, add(get(index), i32(width))), i32(bound))
    body = store(writer, element, add(get(first), get(index)), combine(writer, load(element, add(get(second), get(index))), get(value)))
    return [put(index, i32(0)), put(first, base(writer, bound)), put(second, base(writer, bound)), put(value, writer.leaf(kind)),
            loop(body, Node("", test, b"\x0d\x00"))]


def table_in_frame(writer):
    """A table that is cleared, and entries of it by a small index, some of which may be behind memory or wrap around."""
    writer.risky = True
    rng = writer.rng
    table, index = writer.function.local("i"), writer.function.local("i")
    start = rng.choice([i32(rng.choice([64, 8000, PAGE - 256, PAGE - 300, -256, -8])), base(writer, 256)])
    entry = op("i32.load8_u", add(get(table), op("i32.and", get(index), i32(rng.choice([31, 255, 255, 0xFFFF])))), immediates=memarg(0, rng.choice([0, 0, 4])))
    first = store(writer, ELEMENTS[6], get(table), writer.leaf("l"), rng.choice([0, 8]))
    return [put(table, start), put(index, writer.leaf("i")), *rng.sample([first], rng.choice([0, 1, 1, 1])), *sink(writer, entry)]


def set_bits(writer):
    """*p |= constant and the like, a byte put in, a sign changed; the old value may be used as well. Next to memory's end, what changes may
    be inside where the rest is not."""
    rng = writer.rng
    element = rng.choice([ELEMENTS[4], ELEMENTS[4], ELEMENTS[6], ELEMENTS[2], ELEMENTS[7], ELEMENTS[8]])
    kind = kind_of(element)
    pointer, old = writer.function.local("i"), writer.function.local(kind)
    prefix = PREFIX[kind]
    if kind in "fd":
        changed = op(f"{prefix}.{rng.choice(['neg', 'abs'])}", get(old))
    elif writer.chance(0.3):
        at = 8 * rng.randrange(4)
        changed = op(f"{prefix}.or", op(f"{prefix}.and", get(old), constant(kind, ~(0xFF << at))),
                     op(f"{prefix}.shl", op(f"{prefix}.and", writer.leaf(kind), constant(kind, 0xFF)), constant(kind, at)))
    else:
        mask = constant(kind, rng.choice([0x100, 0xFF00, 1 << 31, 0xFF, 0xFFFF00FF, -256, 0xFFFF]))
        changed = op(f"{prefix}.{rng.choice(['or', 'and', 'xor'])}", get(old), mask)
    writer.risky = True
    start = i32(PAGE - rng.randrange(1, element[2] + 2)) if writer.chance(0.5) else base(writer, 8)
    setup = [put(pointer, start), put(old, load(element, get(pointer))), op(element[1], get(pointer), changed, immediates=memarg(0, 0))]
    return setup + (sink(writer, get(old)) if kind in "il" and writer.chance(0.6) else [])


def conditional_arrays(writer):
    """if (a[i] < x) b[i] op= a[i]; and such: arrays at distances that are not known, some of which only some iterations access."""
    rng = writer.rng
    element = pick(writer, vectors=False)
    kind, width = kind_of(element), element[2]
    arrays = [writer.function.local("i") for _ in range(rng.choice([2, 2, 3]))]
    index, counter, value, limit = (writer.function.local(its) for its in "ii" + kind + kind)
    by_index = writer.chance(0.5)

    def at(array):
        return add(get(array), get(index)) if by_index else get(array)

    def update(array):
        return store(writer, element, at(array), combine(writer, load(element, at(array)), get(value)), rng.choice([0, 0, width]))

    body = [put(value, load(element, at(arrays[0])))]
    for array in arrays[1:]:
        body.append(if_(compare(writer, get(value), get(limit)), update(array)) if writer.chance(0.7) else update(array))
    if writer.chance(0.3):
        body.append(if_(compare(writer, get(value), get(limit)), update(arrays[0])))
    step = width * rng.choice([1, 1, 1, 2, -1])
    advance = [put(local, add(get(local), i32(step))) for local in ([index] if by_index else arrays)]
    begin = [put(array, add(op("i32.and", writer.leaf("i"), i32(0x3FFF)), i32(4400))) if writer.chance(0.8) else put(array, base(writer, 1100))
             for array in arrays]
    return [put(index, i32(0)), put(limit, load(element, i32(rng.randrange(700)))), *begin, *counted(writer, counter, count(writer), body, advance)]


MORE_SHAPES = [copies_of_one, copies_of_one, copies_of_one, far_steps, sums_at_edges, lanes_below, fill, wide_product, loop_chain, until_equal,
               counter_in_bytes, table_in_frame, set_bits, conditional_arrays, one_sum]
