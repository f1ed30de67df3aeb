# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Code as compilers of C make it: loops over arrays, searches, copies, frames on the shadow stack, calls through tables of functions.

Each function here returns statements for a `Writer`. Loops end because they count, or because memory ends.
"""

from module import CLOSED_TABLE, STACK
from random_code import PAGE
from tree import Node, canonical, constant, get, global_get, global_set, i32, memarg, op, put, tee, unsigned

# Names of loads and stores of a kind, with the bytes of an element.
ELEMENTS = [("i32.load8_u", "i32.store8", 1), ("i32.load8_s", "i32.store8", 1), ("i32.load16_s", "i32.store16", 2),
            ("i32.load16_u", "i32.store16", 2), ("i32.load", "i32.store", 4), ("i64.load32_u", "i64.store32", 4),
            ("i64.load", "i64.store", 8), ("f32.load", "f32.store", 4), ("f64.load", "f64.store", 8), ("v128.load", "v128.store", 16)]
PREFIX = {"i": "i32", "l": "i64", "f": "f32", "d": "f64"}


def block(*body):
    return Node("", b"\x02\x40", *body, b"\x0b")


def loop(*body):
    return Node("", b"\x03\x40", *body, b"\x0b")


def branch_if(distance, condition):
    return Node("", condition, b"\x0d" + unsigned(distance))


def branch(distance):
    return Node("", b"\x0c" + unsigned(distance))


def if_(condition, *body):
    return Node("", condition, b"\x04\x40", *body, b"\x0b")


def add(first, second):
    return op("i32.add", first, second)


def load(element, address, offset=0):
    return op(element[0], address, immediates=memarg(0, offset))


def store(writer, element, address, value, offset=0):
    if value.kind in "fd":
        value = canonical(writer.function, value)
    return op(element[1], address, value, immediates=memarg(0, offset))


def base(writer, span):
    """An address with `span` bytes after it: anywhere, or so that they end with a page, or somewhat beyond."""
    dice = writer.rng.random()
    if dice < 0.3:
        return i32(writer.rng.randrange(0, max(1, PAGE - span)))
    if dice < 0.55:
        return op("i32.and", writer.leaf("i"), i32(0x3FFF))
    writer.risky = True
    if dice < 0.85:
        return i32(PAGE - span - writer.rng.choice([0, 0, 1, 2, 3, 5, 8, 20]))
    if dice < 0.9:
        return i32(PAGE - span + writer.rng.choice([1, 2, 3, 7, 16, 200]))
    return op("i32.and", writer.leaf("i"), i32(0xFF8)) if dice < 0.97 else writer.leaf("i")


def count(writer):
    if writer.chance(0.4):
        return i32(writer.rng.choice([0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 257]))
    return op("i32.and", writer.leaf("i"), i32(writer.rng.choice([7, 15, 31, 127])))


def combine(writer, first, second):
    kind = first.kind
    if kind == "v":
        return op(writer.rng.choice(["i8x16.add", "i16x8.mul", "i32x4.sub", "v128.xor", "i64x2.add"]), first, second)
    names = ["add", "sub", "mul"] + (["xor", "and", "or"] if kind in "il" else ["min", "max", "div"])
    return op(f"{PREFIX[kind]}.{writer.rng.choice(names)}", first, second)


def compare(writer, first, second):
    if first.kind in "il":
        return op(f"{PREFIX[first.kind]}.{writer.rng.choice(['eq', 'lt_s', 'lt_u', 'gt_s', 'ge_u', 'ne'])}", first, second)
    return op(f"{PREFIX[first.kind]}.{writer.rng.choice(['lt', 'gt', 'eq', 'le'])}", first, second)


def pick(writer, vectors=True):
    return writer.rng.choice(ELEMENTS if vectors else ELEMENTS[:-1])


def kind_of(element):
    return {"i32": "i", "i64": "l", "f32": "f", "f64": "d", "v12": "v"}[element[0][:3]]


def sink(writer, value):
    """The place of a loop's result: a local that the function goes on with."""
    targets = writer.writable[value.kind]
    return [put(writer.rng.choice(targets), value)] if targets else [Node("", value, b"\x1a")]


def counted(writer, counter, bound, body, advance=()):
    """for (counter = 0; counter != bound; ++counter), in one of the forms that compilers give it."""
    if writer.chance(0.4):
        # Down to 0, after a check that there is something to do.
        step = tee(counter, op(*writer.rng.choice([("i32.sub", get(counter), i32(1)), ("i32.add", get(counter), i32(-1))])))
        return [put(counter, bound), block(branch_if(0, op("i32.eqz", get(counter))),
                                           loop(*body, *advance, branch_if(0, step)))]
    end = writer.function.local("i")
    test = op(writer.rng.choice(["i32.lt_u", "i32.lt_s", "i32.ne"]), tee(counter, add(get(counter), i32(1))), get(end))
    return [put(end, bound), put(counter, i32(0)), block(branch_if(0, op("i32.eqz", get(end))), loop(*body, *advance, branch_if(0, test)))]


def map_array(writer):
    """*p = *p op *q, both going on by a stride, up or down, several elements at a time."""
    element = pick(writer)
    kind, width = kind_of(element), element[2]
    destination, source, counter = (writer.function.local("i") for _ in range(3))
    other = writer.function.local(kind)
    unroll, stride = writer.rng.choice([1, 1, 2, 4]), writer.rng.choice([1, 1, 1, 2, 3, -1, -1, -2]) * width
    body = []
    for index in range(unroll):
        offset = index * abs(stride)
        value = combine(writer, load(element, get(source), offset), get(other) if writer.chance(0.4) else load(element, get(destination), offset))
        body.append(store(writer, element, get(destination), value, offset))
    advance = [put(pointer, add(get(pointer), i32(stride * unroll))) for pointer in (destination, source)]
    span = writer.rng.choice([64, 256, 1000])
    return [put(other, writer.leaf(kind)), put(destination, base(writer, span)),
            put(source, add(get(destination), i32(writer.rng.choice([0, width, -width, 1, 16, 512]))) if writer.chance(0.5) else base(writer, span)),
            *counted(writer, counter, count(writer), body, advance)]


def reduce_array(writer):
    """sum += a[i] or the like, with an index or a pointer, and sometimes a condition."""
    element = pick(writer)
    kind, width = kind_of(element), element[2]
    pointer, counter, total = writer.function.local("i"), writer.function.local("i"), writer.function.local(kind)
    shift = width.bit_length() - 1
    advance = []
    if writer.chance(0.5):
        address = get(pointer)
        advance = [put(pointer, add(get(pointer), i32(width * writer.rng.choice([1, 1, 2, -1]))))]
    else:
        address = add(get(pointer), op("i32.shl", get(counter), i32(shift)))
    value = load(element, address, writer.rng.choice([0, 0, 4, 16, width]))
    body = [put(total, combine(writer, get(total), value))]
    if kind != "v" and writer.chance(0.3):
        body = [if_(compare(writer, value, get(total)), *body)]
    elif kind != "v" and writer.chance(0.3):
        body = [put(total, Node(kind, get(total), value, compare(writer, get(total), value), b"\x1b"))]
    return [put(pointer, base(writer, 300)), put(total, writer.leaf(kind)), *counted(writer, counter, count(writer), body, advance),
            *sink(writer, get(total))]


def matrix(writer):
    """c[i][j] op= a[i][k] * b[k][j] in two or three loops, by multiplying indices or by advancing pointers."""
    element = writer.rng.choice([row for row in ELEMENTS if row[2] in (4, 8) and not row[0].startswith("i64.load32")])
    kind, width = kind_of(element), element[2]
    shift = width.bit_length() - 1
    row, column, start = (writer.function.local("i") for _ in range(3))
    size = writer.rng.randrange(2, 12)

    def at(first, second, offset):
        index = add(op("i32.mul", first, i32(size)), second)
        return add(get(start), add(op("i32.shl", index, i32(shift)), i32(offset)))

    total = writer.function.local(kind)
    if writer.chance(0.5):
        inner = writer.function.local("i")
        product = op(f"{PREFIX[kind]}.mul", load(element, at(get(row), get(inner), 0)), load(element, at(get(inner), get(column), 1024)))
        body = [put(total, constant(kind, 0)),
                *counted(writer, inner, i32(size), [put(total, op(f"{PREFIX[kind]}.add", get(total), product))]),
                store(writer, element, at(get(row), get(column), 2048), get(total))]
    else:
        neighbors = op(f"{PREFIX[kind]}.add", load(element, at(get(row), get(column), 0), width),
                       load(element, at(get(row), get(column), 0), size * width))
        body = [store(writer, element, at(get(row), get(column), writer.rng.choice([0, width, 1024])), neighbors)]
    return [put(start, base(writer, 4000)), *counted(writer, row, i32(size), counted(writer, column, i32(size), body))]


def search(writer):
    """strlen, memchr, strcmp: bytes until one is found, which may be none before memory ends."""
    writer.risky = True
    element = writer.rng.choice(ELEMENTS[:5])
    pointer, other, wanted, counter = (writer.function.local("i") for _ in range(4))
    setup = [put(pointer, base(writer, writer.rng.choice([16, 100, 600]))), put(other, base(writer, 300)),
             put(wanted, op("i32.and", writer.leaf("i"), i32(255)) if writer.chance(0.6) else i32(0)), put(counter, count(writer))]
    width = element[2]
    step = put(pointer, add(get(pointer), i32(width)))
    value = load(element, get(pointer))
    dice = writer.rng.random()
    if dice < 0.3:
        # while (*p != wanted) ++p;
        wanted_ = i32(0) if writer.chance(0.5) else get(wanted)
        body = [block(loop(branch_if(1, op("i32.eq", value, wanted_)), step, branch(0)))]
        if writer.chance(0.5):
            body = [put(pointer, add(get(pointer), i32(-width))),
                    loop(branch_if(0, op("i32.ne", load(element, tee(pointer, add(get(pointer), i32(width)))), wanted_)))]
    elif dice < 0.6:
        # memchr
        body = [block(loop(branch_if(1, op("i32.eqz", get(counter))), branch_if(1, op("i32.eq", value, get(wanted))), step,
                           put(counter, add(get(counter), i32(-1))), branch(0)))]
    elif dice < 0.8:
        # strcmp
        both = [branch_if(1, op("i32.ne", value, load(element, get(other)))), branch_if(1, op("i32.eqz", value))]
        body = [block(loop(*both, step, put(other, add(get(other), i32(width))), branch(0)))]
    else:
        # Bytes above a limit are counted until one is the terminator.
        body = [block(loop(branch_if(1, op("i32.eqz", value)),
                           put(counter, add(get(counter), op("i32.gt_u", value, get(wanted)))), step, branch(0)))]
    if writer.chance(0.2):
        # Leaves at an end that is compared by address.
        end = writer.function.local("i")
        setup.append(put(end, add(get(pointer), get(counter))))
        body = [block(branch_if(0, op("i32.ge_u", get(pointer), get(end))),
                      loop(branch_if(1, op("i32.eq", value, get(wanted))), step, branch_if(0, op("i32.lt_u", get(pointer), get(end)))))]
    return setup + body + sink(writer, op("i32.xor", get(pointer), op("i32.shl", get(counter), i32(16))))


def compare_ranges(writer):
    """memcmp, strncmp, the length of a match, up or down: elements of several ranges until they differ, end, or are counted."""
    writer.risky = True
    element = writer.rng.choice(ELEMENTS[:5])
    width, rng = element[2], writer.rng
    pointers = [writer.function.local("i") for _ in range(rng.choice([2, 2, 2, 3, 1]))]
    counter, kept, wanted = (writer.function.local("i") for _ in range(3))
    down = writer.chance(0.3)
    setup = [put(wanted, op("i32.and", writer.leaf("i"), i32(255)))]
    for index, pointer in enumerate(pointers):
        near = add(get(pointers[0]), i32(rng.choice([-64, -5, 1, width, 33, 512, 4097])))
        setup.append(put(pointer, near if index and writer.chance(0.3) else base(writer, rng.choice([16, 60, 300]))))
        if writer.chance(0.8):
            # As many equal ones as take vectors.
            length = rng.choice([20, 50, 90, 250])
            start = add(get(pointer), i32(-length)) if down else get(pointer)
            setup.append(Node("", start, i32(rng.choice([1, 1, 1, 7])), i32(length), b"\xfc\x0b\x00"))
    setup.append(store(writer, ELEMENTS[0], add(get(pointers[-1]), i32(rng.choice([-1, 1]) * rng.randrange(100))), get(wanted)))
    advance = [put(pointer, add(get(pointer), i32(-width if down else width))) for pointer in pointers]
    values = [load(element, get(pointer), rng.choice([0, 0, 0, 4])) for pointer in pointers]
    exits = [op(rng.choice(["i32.ne", "i32.ne", "i32.lt_u", "i32.gt_s"]), values[0], value) for value in values[1:]]
    if writer.chance(0.5):
        exits.append(op("i32.eqz", rng.choice(values)))
    if writer.chance(0.3):
        exits.append(op("i32.eq", rng.choice(values), get(wanted)))
    if writer.chance(0.3):
        # One of a set that bits say.
        index = op("i32.sub", values[0], i32(rng.choice([0, 9, 32])))
        bits = i32(rng.getrandbits(32)) if writer.chance(0.5) else get(wanted)
        exits.append(op("i32.eqz", op("i32.and", op("i32.shr_u", bits, index), i32(1))) if writer.chance(0.5) else
                     op("i32.ne", op("i32.and", op("i32.shl", i32(1), index), bits), i32(0)))
    if writer.chance(0.3):
        # With what the iteration before has seen.
        exits.append(op(rng.choice(["i32.ne", "i32.lt_u"]), get(kept), values[0]) if writer.chance(0.5) else op("i32.eqz", get(kept)))
        advance.insert(0, put(kept, values[0]))
        setup.append(put(kept, i32(1)))
    # Without an access, nothing would end it before it has counted 2^32, from -1 or past 0.
    bound = i32(-1) if exits and writer.chance(0.2) else count(writer)
    setup.append(put(counter, bound if exits else op("i32.or", bound, i32(1))))
    counts = tee(counter, add(get(counter), i32(-1)))
    exits.append(op("i32.eqz", counts))
    rng.shuffle(exits)
    if writer.chance(0.4):
        joined = exits[0]
        for each in exits[1:]:
            joined = op("i32.or", joined, each)
        exits = [joined]
    first = advance if down and writer.chance(0.5) else []
    last = [] if first else advance
    body = [block(loop(*first, *[branch_if(1, each) for each in exits], *last, branch(0)))]
    return setup + body + sink(writer, op("i32.xor", get(pointers[-1]), op("i32.shl", get(counter), i32(16))))


def copy(writer):
    """memcpy, memmove and memset as loops, of ranges that may overlap and may leave memory."""
    element = pick(writer)
    kind, width = kind_of(element), element[2]
    destination, source, counter = (writer.function.local("i") for _ in range(3))
    fill = writer.function.local(kind)
    down = writer.chance(0.25)
    value = get(fill) if writer.chance(0.4) else load(element, get(source))
    body = [store(writer, element, get(destination), value)]
    advance = [put(pointer, add(get(pointer), i32(-width if down else width))) for pointer in (destination, source)]
    near = add(get(source), i32(writer.rng.choice([-17, -8, -4, -1, 0, 1, 2, 4, 8, 15, 16, 33])))
    setup = [put(source, base(writer, 200)), put(destination, near if writer.chance(0.5) else base(writer, 200)), put(fill, writer.leaf(kind))]
    if writer.chance(0.4) and not down:
        end = writer.function.local("i")
        setup.append(put(end, add(get(destination), op("i32.mul", count(writer), i32(width)))))
        test = op(writer.rng.choice(["i32.lt_u", "i32.ne"]), get(destination), get(end))
        return setup + [block(branch_if(0, op("i32.ge_u", get(destination), get(end))), loop(*body, *advance, branch_if(0, test)))]
    return setup + counted(writer, counter, count(writer), body, advance)


def wrapping(writer):
    """Pointers and indices that pass 2^32, with accesses only where they are small."""
    writer.risky = True
    element = pick(writer, vectors=False)
    kind, width = kind_of(element), element[2]
    pointer, counter, total = writer.function.local("i"), writer.function.local("i"), writer.function.local(kind)
    start = writer.rng.choice([-64, -32, -9, -100, (1 << 31) - 20])
    step = writer.rng.choice([1, 4, width, 8, -width]) * writer.rng.choice([1, 1, 3])
    start = i32(-start if step < 0 and start > -200 else start)
    inside = op("i32.lt_u", get(pointer), i32(writer.rng.choice([60, 4096, PAGE - 64])))
    address = get(pointer) if writer.chance(0.5) else add(get(pointer), i32(writer.rng.choice([4, 32, 40])))
    access = [put(total, combine(writer, get(total), load(element, address, writer.rng.choice([0, 0, 8]))))]
    if writer.chance(0.4):
        access.append(store(writer, element, get(pointer), get(total)))
    return [put(pointer, start), put(total, writer.leaf(kind)),
            *counted(writer, counter, i32(writer.rng.choice([20, 40, 64])), [if_(inside, *access)], [put(pointer, add(get(pointer), i32(step)))]),
            *sink(writer, get(total))]


def frame(writer):
    """A frame on the shadow stack: spilled values, perhaps a call with its address, values read back."""
    rng, pointer = writer.rng, writer.function.local("i")
    size = rng.choice([16, 32, 48, 64])
    statements = [global_set(STACK, tee(pointer, op("i32.sub", global_get("i", STACK), i32(size))))]
    spilled = []
    for offset in range(0, size - 8, rng.choice([4, 8, 12])):
        element = rng.choice([row for row in ELEMENTS if row[2] <= 8])
        value = writer.expression(kind_of(element), 2)
        statements.append(store(writer, element, get(pointer), value, offset))
        spilled.append((element, offset))
    if writer.chance(0.6):
        statements.append(writer.call_statement(2))
    if writer.chance(0.3):
        statements.append(writer.store(2))
    for element, offset in rng.sample(spilled, min(len(spilled), 3)):
        statements += sink(writer, load(element, get(pointer), offset))
    statements.append(global_set(STACK, add(get(pointer), i32(size))))
    return statements


def histogram(writer):
    """++table[byte], and pointers that come from memory."""
    pointer, counter = writer.function.local("i"), writer.function.local("i")
    byte = ELEMENTS[0]
    if writer.chance(0.5):
        word = ELEMENTS[4]
        slot = writer.function.local("i")
        body = [put(slot, add(op("i32.shl", load(byte, get(pointer)), i32(2)), i32(8192))),
                store(writer, word, get(slot), add(load(word, get(slot)), i32(1)))]
        advance = [put(pointer, add(get(pointer), i32(1)))]
    else:
        body = [put(pointer, op("i32.and", load(ELEMENTS[4], get(pointer), 4), i32(0xFFF8)))]
        advance = []
    return [put(pointer, base(writer, 150)), *counted(writer, counter, count(writer), body, advance), *sink(writer, get(pointer))]


def dispatch(writer):
    """Calls through the closed table in a loop, by indices from memory."""
    entries = [entry for entry in writer.module.tables[CLOSED_TABLE] if entry is not None and entry > writer.index]
    if not entries:
        return histogram(writer)
    writer.calls = True
    callee = writer.module.functions[writer.rng.choice(entries)]
    type_index = writer.module.type_index(callee.params, callee.results)
    counter, pointer = writer.function.local("i"), writer.function.local("i")
    places = [place for place, entry in enumerate(writer.module.tables[CLOSED_TABLE]) if entry is not None and entry > writer.index
              and writer.module.functions[entry].params == callee.params and writer.module.functions[entry].results == callee.results]
    index = i32(writer.rng.choice(places))
    if writer.chance(0.5):
        choice = op("i32.and", load(ELEMENTS[0], add(get(pointer), get(counter))), i32(1))
        index = Node("i", index, i32(writer.rng.choice(places)), choice, b"\x1b")
    elif writer.chance(0.1):
        index = op("i32.and", load(ELEMENTS[0], add(get(pointer), get(counter))), i32(7))
    arguments = [writer.leaf(param) for param in callee.params]
    sinks = b"".join(b"\x21" + unsigned(writer.rng.choice(writer.writable[kind]).index) if writer.writable[kind] else b"\x1a"
                     for kind in reversed(callee.results))
    call = Node("", *arguments, index, b"\x11" + unsigned(type_index) + bytes([CLOSED_TABLE]), sinks)
    return [put(pointer, base(writer, 100)), *counted(writer, counter, i32(writer.rng.randrange(1, 6)), [call])]


def recurrence(writer):
    """A checksum: a state that each step combines with bytes, constants, and what a table has for it."""
    rng, kind = writer.rng, writer.rng.choice("il")
    width = 4 if kind == "i" else 8
    element = rng.choice([row for row in ELEMENTS[:7] if kind_of(row) == kind])
    pointer, counter, state, before = writer.function.local("i"), writer.function.local("i"), writer.function.local(kind), writer.function.local(kind)
    prefix = PREFIX[kind]

    def term():
        dice = rng.random()
        if dice < 0.5:
            return load(element, get(pointer), rng.randrange(0, 16))
        if dice < 0.7:
            index = get(state) if kind == "i" else op("i32.wrap_i64", get(state))
            return load(element, op("i32.and", index, i32(rng.choice([60, 0xFF, 0x3FC]))), 512)
        return constant(kind, rng.choice([1, -1, 3, 31, rng.getrandbits(31)])) if dice < 0.8 else get(before)

    value = get(state)
    names = rng.choice([["xor"], ["add"], ["add", "mul"], ["add", "mul"], ["xor", "or", "and"], ["add", "sub", "mul", "xor", "rotl", "shl"]])
    for _ in range(rng.randrange(2, 9)):
        name = rng.choice(names)
        other = constant(kind, rng.choice([3, 31, 33, 131, -5, 1 << 16, rng.getrandbits(31)])) if name in ("mul", "shl", "rotl") else term()
        value = op(f"{prefix}.{name}", *rng.sample([value, other], 2) if name in ("xor", "add", "mul") else (value, other))
    body = [put(state, value)]
    if writer.chance(0.4):
        body.insert(rng.randrange(2), put(before, get(state)))
    advance = [put(pointer, add(get(pointer), i32(rng.choice([1, 2, width, 16]))))]
    return [put(pointer, base(writer, 300)), put(state, writer.leaf(kind)), put(before, writer.leaf(kind)),
            *counted(writer, counter, count(writer), body, advance), *sink(writer, get(state)), *sink(writer, get(before))]


def shift(writer):
    """An array moves by an element, in words of 8 bytes, and gets a new first one; the places overlap in all ways."""
    word, half = ELEMENTS[6], ELEMENTS[4]
    rng = writer.rng
    writer.risky = True
    pointer, counter, fresh = writer.function.local("i"), writer.function.local("i"), writer.function.local("i")
    words = [writer.function.local("l") for _ in range(rng.choice([1, 1, 2, 3]))]
    distance = rng.choice([4, 4, 4, 4, 8, -4, 3, 20])
    body = [put(fresh, add(op("i32.mul", get(fresh), i32(69069)), get(counter)))]
    body += [put(local, load(word, get(pointer), 32 + 8 * index)) for index, local in enumerate(words)]
    body += [store(writer, word, get(pointer), get(local), 32 + 8 * index + distance) for index, local in enumerate(words)]
    body.insert(rng.randrange(1, len(body) + 1), store(writer, half, get(pointer), get(fresh), rng.choice([32, 32, 32, 36, 28, 34])))
    if writer.chance(0.3):
        body.append(put(fresh, load(half, get(pointer), rng.choice([32, 36, 44]))))
    # In every other one memory ends within the last word that is stored, between its halves or elsewhere.
    last = 32 + 8 * (len(words) - 1) + distance
    start = i32(PAGE - last - rng.choice([4, 4, 4, 4, 0, 1, 3, 5, 7, 8])) if writer.chance(0.6) else base(writer, 80)
    return [put(pointer, start), put(fresh, writer.leaf("i")), *counted(writer, counter, count(writer), body), *sink(writer, get(fresh))]


SHAPES = [map_array, reduce_array, matrix, search, search, compare_ranges, copy, wrapping, frame, histogram, dispatch, recurrence, shift, shift]
