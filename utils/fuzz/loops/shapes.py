# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Loops over memory and tables as text: fills, copies, searches, reductions, stencils and more, with any stride, direction and counter.

Each shape is a function `shape(loop)` that returns the body of a function ($a: where to begin, $n: how often, both of the memory's index type)
with an i64 as its result. What matters is where loops begin and end: at 0, where memory ends, and where 32 bits do.
"""

# Load, store, bytes of an element. Floats are moved only: the bits of NaNs are not compared.
ELEMENTS = [("i32.load8_u", "i32.store8", 1), ("i32.load8_s", "i32.store8", 1), ("i32.load16_u", "i32.store16", 2), ("i32.load", "i32.store", 4),
            ("i64.load32_s", "i64.store32", 4), ("i64.load", "i64.store", 8), ("v128.load", "v128.store", 16)]
MOVED = ELEMENTS + [("f32.load", "f32.store", 4), ("f64.load", "f64.store", 8)]
COMBINE = {"i32": ["i32.add", "i32.sub", "i32.xor", "i32.mul", "i32.or"], "i64": ["i64.add", "i64.xor", "i64.mul"],
           "v128": ["i8x16.add", "i32x4.mul", "v128.xor", "i64x2.sub"]}


def kind(element):
    return element[0].split(".")[0]


class Loop:
    """A function that is being written: its locals, and what depends on the kind of memory."""

    def __init__(self, rng, index, is_large):
        self.rng, self.index, self.is_large = rng, index, is_large
        self.locals = []

    def local(self, type_=None):
        name = f"$v{len(self.locals)}"
        self.locals.append(f"(local {name} {type_ or self.index})")
        return name

    def const(self, value):
        bits = 32 if self.index == "i32" else 64
        return f"({self.index}.const {(value + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)})"

    def op(self, name, *operands):
        return f"({self.index}.{name} {' '.join(operands)})"

    def get(self, name):
        return f"(local.get {name})"

    def plus(self, value, number):
        if number == 0:
            return value
        if number < 0 and self.rng.random() < 0.5:
            return self.op("sub", value, self.const(-number))
        return self.op("add", value, self.const(number))

    def stride(self, width):
        rng = self.rng
        size = rng.choices([width, 2 * width, 3 * width, 1, 24, 4096, 65536 - width, 65536, 65536 + width, 1 << 20, 1 << 30, (1 << 31) - 1],
                           [30, 10, 5, 5, 5, 4, 4, 10, 4, 2, 1, 1])[0]
        return size * rng.choice([1, -1])

    def offset(self, width):
        rng = self.rng
        return rng.choices([0, width, 8, 12, 4096, 65536 - width, 65536, (1 << 31) - 1, (1 << 32) - 1, (1 << 32) - 65536],
                           [60, 10, 6, 5, 3, 3, 4, 1, 2, 1])[0]

    def start(self):
        return self.plus("(local.get $a)", self.rng.choice([0, 0, 0, 1, -1, -8, 8, -16, 65536, -65536, 1 << 16, -(1 << 16) + 8]))

    def load(self, element, address, offset=0):
        return f"({element[0]} offset={offset} {address})"

    def store(self, element, address, value, offset=0):
        return f"({element[1]} offset={offset} {address} {value})"

    def constant_of(self, type_):
        if type_ == "v128":
            return "(v128.const i32x4 0x41414141 -1 7 0x80000000)" if self.rng.random() < 0.5 else "(v128.const i64x2 0 0)"
        value = self.rng.choice([0, 0, -1, 0x41, 0x01020304])
        return f"({type_}.const {float(value) if type_ in ('f32', 'f64') else value})"

    def as_i64(self, type_, value):
        return {"i32": f"(i64.extend_i32_u {value})", "i64": value, "v128": f"(i64x2.extract_lane {self.rng.randrange(2)} {value})"}[type_]

    def count(self, most=None):
        """How often: $n itself where every iteration accesses memory and moves on, so that it ends; else at most `most` times."""
        if self.is_large:
            most = min(most or 0xFFF, 0xFFF)
        return self.op("and", "(local.get $n)", self.const(most)) if most else "(local.get $n)"

    def counted(self, body, count, ends_by_trap=True):
        """Repeats `body` in one of the forms that compilers give loops."""
        counter, end = self.local(), self.local()
        form = self.rng.choice(["down", "down-signed", "up", "up-signed", "until"] + ["tested"] * 2)
        init = f"(local.set {end} {count}) (local.set {counter} {self.const(0)})"
        if form.startswith("down"):
            test = f"(local.tee {end} {self.plus(self.get(end), -1)})"
            test = self.op("gt_s", test, self.const(0)) if form == "down-signed" else self.op("ne", test, self.const(0))
            if not ends_by_trap or self.is_large:
                init += f"(local.set {end} {self.op('or', self.get(end), self.const(1))})"
            return f"{init} (loop $l {body} (br_if $l {test}))"
        step = f"(local.tee {counter} {self.plus(self.get(counter), 1)})"
        if form == "tested":
            return (f"{init} (block $out (loop $l (br_if $out {self.op('ge_u', self.get(counter), self.get(end))}) {body}"
                    f" (drop {step}) (br $l)))")
        test = self.op({"up": "lt_u", "up-signed": "lt_s", "until": "lt_u"}[form], step, self.get(end))
        return f"{init} (loop $l {body} (br_if $l {test}))"


def advance(loop, pointer, stride):
    return f"(local.set {pointer} {loop.plus(loop.get(pointer), stride)})"


def fill(loop):
    element = loop.rng.choice(MOVED)
    p, width = loop.local(), element[2]
    body = loop.store(element, loop.get(p), loop.constant_of(kind(element)), loop.offset(width)) + advance(loop, p, loop.stride(width))
    return f"(local.set {p} {loop.start()}) {loop.counted(body, loop.count())} (i64.const 1)"


def copy(loop):
    element = loop.rng.choice(MOVED)
    p, q, width = loop.local(), loop.local(), element[2]
    stride = loop.stride(width)
    other = stride if loop.rng.random() < 0.7 else loop.stride(width)
    from_ = loop.start() if loop.rng.random() < 0.5 else loop.plus(loop.get(p), loop.rng.choice([width, -width, 8, -8, 16, 4096, -4096]))
    body = loop.store(element, loop.get(p), loop.load(element, loop.get(q), loop.offset(width)), loop.offset(width))
    body += advance(loop, p, stride) + advance(loop, q, other)
    return f"(local.set {p} {loop.start()}) (local.set {q} {from_}) {loop.counted(body, loop.count())} (i64.const 2)"


def move_neighbor(loop):
    """p[0] = p[-1], with the neighbor's address computed."""
    element = loop.rng.choice(MOVED)
    p, width = loop.local(), element[2]
    stride = width * loop.rng.choice([1, -1])
    body = loop.store(element, loop.get(p), loop.load(element, loop.plus(loop.get(p), stride))) + advance(loop, p, stride)
    return f"(local.set {p} {loop.start()}) {loop.counted(body, loop.count())} (i64.const 3)"


def reduce(loop):
    element = loop.rng.choice(ELEMENTS)
    type_ = kind(element)
    p, sum_, width = loop.local(), loop.local(type_), element[2]
    value = loop.load(element, loop.get(p), loop.offset(width))
    if type_ == "v128" and loop.rng.random() < 0.5:
        value = f"(i32x4.splat (i32x4.extract_lane {loop.rng.randrange(4)} {value}))"
    body = f"(local.set {sum_} ({loop.rng.choice(COMBINE[type_])} {loop.get(sum_)} {value}))" + advance(loop, p, loop.stride(width))
    return f"(local.set {p} {loop.start()}) {loop.counted(body, loop.count())} {loop.as_i64(type_, loop.get(sum_))}"


def search(loop):
    """Until an element is found, also one that there cannot be."""
    element = loop.rng.choice([e for e in ELEMENTS if kind(e) == "i32"])
    p, x, width = loop.local(), loop.local("i32"), element[2]
    get = loop.get(x)
    found = loop.rng.choice([
        f"(i32.eq {get} (i32.const {loop.rng.choice([0, 10, 0x41, 255, 300, -5])}))",
        f"(i32.and (i32.lt_u (i32.mul {get} {get}) (i32.const 256)) (i32.lt_u (i32.mul (i32.sub {get} (i32.const 200)) (i32.sub {get} (i32.const 200)))"
        " (i32.const 1600)))",
        f"(i32.and {get} (i32.const 0x80))",
        f"(i32.gt_u {get} (i32.const 0x7f))"])
    stride = width * loop.rng.choice([1, 1, 1, -1, 2])
    # A search that goes on with the same parity for ever ends by its counter.
    body = f"(local.set {x} {loop.load(element, loop.get(p))}) (br_if $found {found})" + advance(loop, p, stride)
    return (f"(local.set {p} {loop.start()}) (block $found {loop.counted(body, loop.count())})"
            f" (i64.add (i64.shl {loop.as_i64(loop.index, loop.get(p))} (i64.const 8)) (i64.extend_i32_u {get}))")


def stencil(loop):
    element = loop.rng.choice(ELEMENTS)
    type_ = kind(element)
    p, q, width = loop.local(), loop.local(), element[2]
    combine = loop.rng.choice(COMBINE[type_])
    if loop.rng.random() < 0.5:
        values = [loop.load(element, loop.plus(loop.get(p), step * width)) for step in (-1, 0, 1)]
    else:
        values = [loop.load(element, loop.get(p), step * width) for step in (0, 1, 2)]
    target = loop.get(p) if loop.rng.random() < 0.5 else loop.get(q)
    stride = width * loop.rng.choice([1, 1, -1, 2])
    body = loop.store(element, target, f"({combine} ({combine} {values[0]} {values[1]}) {values[2]})")
    body += advance(loop, p, stride) + advance(loop, q, stride)
    return f"(local.set {p} {loop.start()}) (local.set {q} {loop.start()}) {loop.counted(body, loop.count())} (i64.const 5)"


def indexed(loop):
    """a[i] with a scaled index that counts up or down."""
    element = loop.rng.choice(MOVED)
    i, width = loop.local(), element[2]
    address = loop.op("add", loop.start(), loop.op("shl", loop.get(i), loop.const(width.bit_length() - 1)))
    if loop.rng.random() < 0.5:
        address = loop.op("add", loop.op("mul", loop.get(i), loop.const(loop.stride(width))), loop.start())
    first = loop.plus(loop.count(), -1) if loop.rng.random() < 0.5 else loop.const(0)
    access = (loop.store(element, address, loop.constant_of(kind(element)), loop.offset(width)) if loop.rng.random() < 0.5
              else loop.store(element, address, loop.load(element, loop.plus(address, loop.rng.choice([width, -width, 64])))))
    step = advance(loop, i, -1 if "const 0" not in first else 1)
    return f"(local.set {i} {first}) {loop.counted(access + step, loop.count())} (i64.const 6)"


def nested(loop):
    element = loop.rng.choice(ELEMENTS)
    type_ = kind(element)
    row, p, i, j, sum_, width = loop.local(), loop.local(), loop.local(), loop.local(), loop.local(type_), element[2]
    inner = loop.rng.choice([3, 8, 17, 100])
    stride = loop.stride(width)
    row_stride = loop.rng.choice([inner * stride, loop.stride(width), stride])
    access = (f"(local.set {sum_} ({loop.rng.choice(COMBINE[type_])} {loop.get(sum_)} {loop.load(element, loop.get(p))}))"
              if loop.rng.random() < 0.5 else loop.store(element, loop.get(p), loop.constant_of(type_)))
    test = loop.op("lt_u", f"(local.tee {j} {loop.plus(loop.get(j), 1)})", loop.const(inner))
    outer = loop.op("lt_u", f"(local.tee {i} {loop.plus(loop.get(i), 1)})", loop.op("and", "(local.get $n)", loop.const(63)))
    return (f"(local.set {row} {loop.start()}) (loop $o (local.set {p} {loop.get(row)}) (local.set {j} {loop.const(0)})"
            f" (loop $i {access} {advance(loop, p, stride)} (br_if $i {test})) {advance(loop, row, row_stride)} (br_if $o {outer}))"
            f" {loop.as_i64(type_, loop.get(sum_))}")


def several_counters(loop):
    """One pointer goes up, one down, and a third is an index."""
    element = loop.rng.choice(ELEMENTS)
    type_ = kind(element)
    p, q, i, width = loop.local(), loop.local(), loop.local(), element[2]
    third = loop.load(element, loop.op("add", "(local.get $a)", loop.op("mul", loop.get(i), loop.const(loop.stride(width)))))
    combine = loop.rng.choice(COMBINE[type_])
    value = f"({combine} {loop.load(element, loop.get(q))} {third if loop.rng.random() < 0.5 else loop.constant_of(type_)})"
    body = loop.store(element, loop.get(p), value)
    body += advance(loop, p, loop.stride(width)) + advance(loop, q, loop.stride(width)) + advance(loop, i, loop.rng.choice([1, -1]))
    return f"(local.set {p} {loop.start()}) (local.set {q} {loop.start()}) {loop.counted(body, loop.count())} (i64.const 7)"


def conditional(loop):
    element = loop.rng.choice([e for e in ELEMENTS if kind(e) == "i32"])
    p, q, i, width = loop.local(), loop.local(), loop.local(), element[2]
    condition = (f"(i32.and {loop.load(element, loop.get(q))} (i32.const 1))" if loop.rng.random() < 0.5
                 else loop.op("lt_u", loop.get(i), loop.const(loop.rng.choice([3, 100, 1 << 30]))))
    body = f"(if {condition} (then {loop.store(element, loop.get(p), '(i32.const 0x55)')}))"
    body += advance(loop, p, loop.stride(width)) + advance(loop, q, width * loop.rng.choice([1, -1])) + advance(loop, i, 1)
    return (f"(local.set {p} {loop.start()}) (local.set {q} {loop.start()}) {loop.counted(body, loop.count(0xFFFFF), ends_by_trap=False)}"
            " (i64.const 8)")


def between_stores(loop):
    """An access on which others rest, and which is overwritten later."""
    near = ("i32.load", "i32.store", 4)
    far = loop.rng.choice(MOVED)
    sum_, p = loop.local(), loop.local()
    address = loop.op("add", loop.get(p), loop.const(loop.rng.choice([65536, 65528, 4096, 8]))
                      if loop.rng.random() < 0.6 else loop.op("and", "(local.get $n)", loop.const(0xFFFF)))
    offset = loop.rng.choice([(1 << 32) - 1, (1 << 32) - 8, 0, (1 << 31) - 1])
    if loop.rng.random() < 0.5:
        access = loop.store(far, address, loop.constant_of(kind(far)), offset)
    else:
        access = f"(drop {loop.load(far, address, offset)})"
    stores = [loop.store(near, loop.get(p), f"(i32.const {value})") for value in (1, 2)]
    body = stores[0] + access + stores[1]
    if loop.rng.random() < 0.5:
        body = loop.counted(body + advance(loop, p, loop.stride(4)), loop.count(0xFF))
    return f"(local.set {p} {loop.start()}) {body} {loop.as_i64(loop.index, loop.get(sum_))}"


def upper_lanes(loop):
    """Vectors of which only upper lanes are used, or replaced."""
    p, sum_ = loop.local(), loop.local("i64")
    address = loop.plus(loop.get(p), loop.rng.choice([0, -4, -8, -12, -16]))
    vector = f"(v128.load {address})"
    value = loop.rng.choice([
        f"(i64x2.extract_lane 1 {vector})",
        f"(i64.extend_i32_u (i32x4.extract_lane 3 {vector}))",
        f"(i64x2.extract_lane 0 (i64x2.extend_high_i32x4_u {vector}))",
        f"(i64x2.extract_lane 0 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 {vector} (v128.const i64x2 0 0)))",
        f"(i64.shr_u (i64.load {address}) (i64.const {loop.rng.choice([32, 40, 56])}))"])
    body = f"(local.set {sum_} (i64.add (i64.mul {loop.get(sum_)} (i64.const 31)) {value}))"
    if loop.rng.random() < 0.4:
        body = f"(v128.store {address} (i32x4.replace_lane 3 {vector} (i32.const 0x5a5a5a5a)))" + body
    if loop.rng.random() < 0.6:
        body = loop.counted(body + advance(loop, p, loop.rng.choice([-8, -16, 8, 16, -4])), loop.count())
    return f"(local.set {p} {loop.start()}) {body} {loop.get(sum_)}"


def unrolled(loop):
    """A body of several copies, nearly alike."""
    element = loop.rng.choice(ELEMENTS)
    type_ = kind(element)
    p, q, width = loop.local(), loop.local(), element[2]
    copies = loop.rng.choice([2, 4, 8])
    step = loop.rng.choice([width, width, -width, 2 * width])
    combine = loop.rng.choice(COMBINE[type_])
    body = ""
    for index in range(copies):
        at = index * step
        if step > 0 and loop.rng.random() < 0.9:
            body += loop.store(element, loop.get(p), f"({combine} {loop.load(element, loop.get(q), at)} {loop.load(element, loop.get(p), at)})", at)
        else:
            body += loop.store(element, loop.plus(loop.get(p), at), loop.load(element, loop.plus(loop.get(q), at)))
    body += advance(loop, p, copies * step) + advance(loop, q, copies * step)
    return f"(local.set {p} {loop.start()}) (local.set {q} {loop.start()}) {loop.counted(body, loop.count())} (i64.const 11)"


def mixed_widths(loop):
    """Words are moved that elements were written to."""
    p = loop.local()
    body = (f"(i32.store offset={loop.rng.choice([0, 4, 12, 16])} {loop.get(p)} (i32.const 77))"
            f"(i64.store {loop.plus(loop.get(p), -8)} (i64.load offset={loop.rng.choice([0, 8, 12])} {loop.get(p)}))")
    body += advance(loop, p, loop.rng.choice([4, 8, -4, -8, 65536]))
    return f"(local.set {p} {loop.start()}) {loop.counted(body, loop.count())} (i64.load {loop.const(0)})"


def table(loop):
    """Reads, writes and calls with an index that leaves the table."""
    i, sum_ = loop.local("i32"), loop.local("i64")
    start = "(local.get $a)" if loop.index == "i32" else "(i32.wrap_i64 (local.get $a))"
    index = f"(i32.add (local.get {i}) (i32.const {loop.rng.choice([0, 0, 1, -1, 8])}))"
    access = loop.rng.choice([
        f"(table.set $t {index} (ref.null func))",
        f"(table.set $t {index} (table.get $t {start}))",
        f"(local.set {sum_} (i64.add (i64.mul {loop.get(sum_)} (i64.const 3)) (i64.extend_i32_u (ref.is_null (table.get $t {index})))))",
        f"(local.set {sum_} (i64.add {loop.get(sum_)} (call_indirect $t (type $r) {index})))"])
    body = f"{access} (local.set {i} (i32.add (local.get {i}) (i32.const {loop.rng.choice([1, 1, -1, 2, -3, 7])})))"
    if loop.rng.random() < 0.3:
        body = f"(i32.store (i32.const 64) (i32.const 1)) {body} (i32.store (i32.const 64) (i32.const 2))".replace(
            "(i32.const 64)", loop.const(64))
    return f"(local.set {i} {start}) {loop.counted(body, loop.count(0xFFF), ends_by_trap=False)} {loop.get(sum_)}"


SHAPES = [fill, fill, copy, copy, move_neighbor, reduce, reduce, search, stencil, indexed, indexed, nested, several_counters, conditional,
          between_stores, upper_lanes, unrolled, mixed_widths, table]
