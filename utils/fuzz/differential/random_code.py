# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Random expressions and statements, of all instructions, that end: loops count, and calls go to functions with higher indices or take fuel."""

import contextlib

from module import CLOSED_TABLE, DICE, FIRST_GLOBAL, FUEL, OPEN_TABLE
from tree import (OPERATIONS, Node, canonical, canonical_lanes, constant, get, global_get, global_set, i32, memarg, op, put, signed,
                  tee, unsigned, vector, Local, TYPES)

PAGE = 65536
INTERESTING = {
    "i": [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 65535, 65536, -1, -2, -8, -16, -128, 1 << 31,
          (1 << 31) - 1, 0xFFFF0000, 0xAAAAAAAA],
    "l": [0, 1, 2, 7, 8, 31, 32, 33, 63, 64, 255, 65536, -1, -2, -64, 1 << 31, 1 << 32, (1 << 32) - 1, 1 << 63, (1 << 63) - 1],
    "f": [0, 1 << 31, 0x3F800000, 0xBF800000, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7FA00000, 1, 0x4F000000, 0xCF000000, 0x4F800000,
          0x3F000000, 0x40490FDB, 0x7F7FFFFF, 0x4B000001],
    "d": [0, 1 << 63, 0x3FF0000000000000, 0xBFF0000000000000, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000,
          0x7FF4000000000000, 1, 0x41E0000000000000, 0xC1E0000000000000, 0x43E0000000000000, 0x3FE0000000000000, 0x400921FB54442D18],
    "v": [0, (1 << 128) - 1, 0x000102030405060708090A0B0C0D0E0F, 0x3F8000003F8000003F8000003F800000,
          0x80000000800000008000000080000000, 0x7FFF7FFF7FFF7FFF8000800080008000]}
# Vector instructions whose NaNs are not for the program to see; of scalars it is seen to where their bits are.
MAKES_NANS = {f"{prefix}.{name}": prefix for prefix in ("f32x4", "f64x2") for name in
              "add sub mul div sqrt min max ceil floor trunc nearest demote_f64x2_zero promote_low_f32x4".split()}
# Instructions that look at the bits of a float.
SEES_NANS = ("f32.reinterpret", "i32.reinterpret_f", "i64.reinterpret_f", "f32.copysign", "f64.copysign", "f32.store", "f64.store",
             "f32x4.splat", "f64x2.splat", "f32x4.replace_lane", "f64x2.replace_lane")
MAY_TRAP = {text for text in OPERATIONS if ".div_" in text or ".rem_" in text or ".trunc_f" in text}

PURE, LOADS, STORES = {}, {}, []
for _operation in OPERATIONS.values():
    if _operation.operands.startswith("p"):
        if _operation.results:
            LOADS.setdefault(_operation.results, []).append(_operation)
        else:
            STORES.append(_operation)
    elif _operation.results:
        PURE.setdefault(_operation.results, []).append(_operation)


class Writer:
    """Writes one function of `module`, the one with index `index`."""

    def __init__(self, rng, module, index):
        self.rng, self.module, self.index = rng, module, index
        self.function = module.functions[index]
        self.readable = {kind: [] for kind in "ilfdv"}
        self.writable = {kind: [] for kind in "ilfdv"}
        for position, kind in enumerate(self.function.params):
            self.declare(Local(kind, position))
        for kind in rng.choices("iiiillffddv", k=rng.randrange(2, 8)):
            self.declare(self.function.local(kind))
        self.labels = []  # innermost last: kinds that a branch takes along, or None where it may not go
        self.loops = 0
        self.calls = False
        self.risky = False  # whether the statements since `guarded` may trap often
        self.budget = rng.choice([30, 60, 120, 200])

    def declare(self, local):
        self.readable[local.kind].append(local)
        self.writable[local.kind].append(local)

    def chance(self, probability):
        return self.rng.random() < probability

    def rare(self, masks=(3, 15, 15, 63)):
        """Holds in few of the calls from outside."""
        mask = self.rng.choice(masks)
        dice = op("i32.shr_u", global_get("i", DICE), i32(self.rng.randrange(26)))
        return op("i32.eq", op("i32.and", dice, i32(mask)), i32(self.rng.randrange(mask + 1)))

    def guarded(self, make, masks=(3, 15, 15, 63)):
        """The statements of `make()`, which has no label around it. Where they may trap they are mostly done in few calls only: of calls
        that trap no results are compared, and nothing after the trap is reached."""
        before, self.risky = self.risky, False
        statements = make()
        if self.risky and self.chance(0.94):
            statements = [Node("", self.rare(masks), b"\x04\x40", *statements, b"\x0b")]
        self.risky = before
        return statements

    # Expressions.

    def constant(self, kind):
        if kind == "i" and self.chance(0.4):
            return i32(self.rng.randrange(-20, 300))
        if self.chance(0.25):
            return constant(kind, self.rng.getrandbits(128))
        return constant(kind, self.rng.choice(INTERESTING[kind]))

    def leaf(self, kind):
        dice = self.rng.random()
        if dice < 0.7 and self.readable[kind]:
            return get(self.rng.choice(self.readable[kind]))
        globals_ = [FIRST_GLOBAL + index for index, its in enumerate(self.module.globals) if its == kind]
        if dice < 0.8 and globals_:
            return global_get(kind, self.rng.choice(globals_))
        return self.constant(kind)

    def expression(self, kind, depth=0):
        self.budget -= 1
        if depth > 4 or self.budget < 0 or self.chance(0.12 + 0.1 * depth):
            return self.leaf(kind)
        dice = self.rng.random()
        if dice < 0.58:
            return self.operation(kind, depth)
        if dice < 0.74:
            return self.load(kind, depth)
        if dice < 0.78 and self.writable[kind]:
            return tee(self.rng.choice(self.writable[kind]), self.expression(kind, depth + 1))
        if dice < 0.83:
            return Node(kind, self.expression(kind, depth + 1), self.expression(kind, depth + 1), self.condition(depth + 1), b"\x1b")
        if dice < 0.89:
            return self.value_of_if(kind, depth)
        if dice < 0.93:
            return self.value_of_block(kind, depth)
        if dice < 0.98:
            return self.call_for(kind, depth)
        if kind == "i":
            return self.size(depth)
        return self.leaf(kind)

    def condition(self, depth):
        return self.expression("i", depth)

    def operation(self, kind, depth):
        rows = PURE[kind]
        operation = self.rng.choice(rows)
        if operation.text in MAY_TRAP and self.chance(0.6):
            operation = self.rng.choice(rows)
        operands = [self.expression(operand, depth + 1) for operand in operation.operands]
        if (".div_" in operation.text or ".rem_" in operation.text) and self.chance(0.8):
            # A divisor that is not 0.
            operands[1] = op(f"i{32 if kind == 'i' else 64}.or", operands[1], constant(kind, 1))
        elif operation.text in MAY_TRAP:
            self.risky = True
        if operation.text.startswith(SEES_NANS):
            operands = [canonical(self.function, operand) if operand.kind in "fd" else operand for operand in operands]
        result = op(operation.text, *operands, immediates=self.immediates(operation))
        if operation.text in MAKES_NANS:
            return canonical_lanes(self.function, result, MAKES_NANS[operation.text])
        return result

    def immediates(self, operation):
        if operation.immediates == "Lane":
            return bytes([self.rng.randrange(16 >> operation.log2)])
        if operation.immediates == "Shuffle":
            return bytes(self.rng.choices(range(32), k=16))
        if operation.immediates == "V128":
            return self.rng.randbytes(16)
        return b""

    def access(self, operation, depth):
        """Address and immediates; rarely out of bounds, often near the end of memory, or where 32 bits end."""
        rng, offset = self.rng, self.rng.choice([0, 0, 0, 1, 4, 8, 12, 16, 100, 1000])
        dice = rng.random()
        if dice < 0.55:
            mask = rng.choice([0xFC, 0xFF, 0xFFF, 0xFFF8, 0x7FFF])
            self.risky |= mask == 0xFFF8
            address = op("i32.and", self.expression("i", depth + 1), i32(mask))
        elif dice < 0.70:
            address = op("i32.add", op("i32.and", self.expression("i", depth + 1), i32(0xFF)), i32(rng.randrange(0, 40000)))
            address = op("i32.shl", address, i32(1)) if self.chance(0.1) else address
        elif dice < 0.82:
            address = i32(rng.randrange(PAGE - 40))
        elif dice < 0.92:
            # The last bytes of a page: in bounds, or a byte or two beyond.
            self.risky = True
            address = i32((1 if self.chance(0.93) else 2) * PAGE - (1 << operation.log2) - offset - rng.randrange(0, 20))
            if self.chance(0.6):
                address = op("i32.add", address, op("i32.and", self.expression("i", depth + 1), i32(rng.choice([1, 3, 7, 15]))))
        elif dice < 0.932:
            self.risky = True
            address, offset = self.expression("i", depth + 1), rng.choice([0, 4, 60000, PAGE, (1 << 31) - 1, (1 << 32) - 16, (1 << 32) - 1])
        else:
            self.risky = True
            address = op("i32.and", self.expression("i", depth + 1), i32(0xFF))
            offset = PAGE - rng.randrange(200, 600)
        immediates = memarg(operation.log2, offset, rng.randrange(operation.log2 + 1))
        return address, immediates + (self.lane(operation) if operation.immediates == "MemargLane" else b"")

    def lane(self, operation):
        return bytes([self.rng.randrange(16 >> operation.log2)])

    def load(self, kind, depth):
        operation = self.rng.choice(LOADS[kind])
        address, immediates = self.access(operation, depth)
        rest = [self.expression(operand, depth + 1) for operand in operation.operands[1:]]
        return op(operation.text, address, *rest, immediates=immediates)

    def value_of_if(self, kind, depth):
        condition = self.condition(depth + 1)
        with self.label(kind):
            arms = [[*self.statements(depth + 2, 0, 2), self.expression(kind, depth + 1)] for _ in range(2)]
        return Node(kind, condition, b"\x04" + bytes([TYPES[kind]]), *arms[0], b"\x05", *arms[1], b"\x0b")

    def value_of_block(self, kind, depth):
        with self.label(kind):
            early = Node("", self.expression(kind, depth + 1), self.condition(depth + 1), b"\x0d\x00\x1a")
            body = [*self.statements(depth + 2, 0, 2), early, self.expression(kind, depth + 1)]
        return Node(kind, b"\x02" + bytes([TYPES[kind]]), *body, b"\x0b")

    def size(self, depth):
        dice = self.rng.random()
        if dice < 0.3:
            return Node("i", b"\x3f\x00")
        if dice < 0.4:
            return Node("i", op("i32.and", self.expression("i", depth + 1), i32(3)), b"\x40\x00")
        table = bytes([self.rng.randrange(2)])
        if dice < 0.6:
            return Node("i", b"\xfc\x10" + table)
        if dice < 0.7:
            return Node("i", b"\xd0\x70", op("i32.and", self.expression("i", depth + 1), i32(3)), b"\xfc\x0f\x01")
        return Node("i", self.table_index(OPEN_TABLE, depth), b"\x25\x01\xd1")

    # Calls.

    def call_for(self, kind, depth):
        """A call whose only result is of `kind`, or another expression if there is no such function."""
        candidates = [index for index in range(self.index + 1, len(self.module.functions))
                      if self.module.functions[index].results == kind]
        if not candidates or self.loops > 1:
            return self.operation(kind, depth)
        return self.call(self.rng.choice(candidates), depth)

    def call(self, callee, depth, tail=False):
        self.calls = True
        function = self.module.functions[callee]
        arguments = [self.expression(param, depth + 2) for param in function.params]
        kind = function.results if len(function.results) < 2 else "*"
        table = self.rng.choice([CLOSED_TABLE, OPEN_TABLE])
        places = [place for place, entry in enumerate(self.module.tables[table]) if entry == callee]
        if not places or self.chance(0.3):
            return Node(kind, *arguments, (b"\x12" if tail else b"\x10") + unsigned(callee))
        if self.chance(0.03):
            self.risky = True
            index = self.table_index(table, depth)
        elif self.chance(0.85):
            index = i32(self.rng.choice(places))
        else:
            # The right one or another, which may be of another type.
            self.risky = True
            index = Node("i", i32(self.rng.choice(places)), self.table_index(table, depth), self.condition(depth + 2), b"\x1b")
        type_index = self.module.type_index(function.params, function.results)
        return Node(kind, *arguments, index, (b"\x13" if tail else b"\x11") + unsigned(type_index) + bytes([table]))

    def table_index(self, table, depth):
        index = self.expression("i", depth + 2)
        if self.chance(0.03):
            self.risky = True
            return index
        return op("i32.and", index, i32(7))

    # Statements.

    @contextlib.contextmanager
    def label(self, kinds):
        self.labels.append(kinds)
        yield
        self.labels.pop()

    def guarded_statements(self, least, most):
        """Statements of a function, outside of all labels."""
        return [each for _ in range(self.rng.randrange(least, most + 1)) if self.budget > 0 for each in self.guarded(lambda: [self.statement()])]

    def statements(self, depth, least, most):
        return [self.statement(depth) for _ in range(self.rng.randrange(least, most + 1)) if self.budget > 0]

    def statement(self, depth=0):
        self.budget -= 1
        dice = self.rng.random()
        if depth > 5:
            dice *= 0.5
        if dice < 0.28:
            kind = self.rng.choice([kind for kind, locals_ in self.writable.items() if locals_])
            return put(self.rng.choice(self.writable[kind]), self.expression(kind))
        if dice < 0.48:
            return self.store(depth)
        if dice < 0.54:
            return self.set_global()
        if dice < 0.66:
            return self.loop(depth)
        if dice < 0.76:
            return self.if_(depth)
        if dice < 0.82:
            return self.block(depth)
        if dice < 0.88:
            return self.branch(depth)
        if dice < 0.94:
            return self.call_statement(depth)
        return self.bulk(depth)

    def store(self, depth):
        operation = self.rng.choice(STORES)
        address, immediates = self.access(operation, depth)
        value = self.expression(operation.operands[1], 1)
        if value.kind in "fd":
            value = canonical(self.function, value)
        return op(operation.text, address, value, immediates=immediates)

    def set_global(self):
        index = self.rng.randrange(len(self.module.globals))
        value = self.expression(self.module.globals[index], 1)
        return global_set(FIRST_GLOBAL + index, canonical(self.function, value) if value.kind in "fd" else value)

    def loop(self, depth):
        """A loop that counts to a small number, which its body may read."""
        if self.loops > 2:
            return self.store(depth)
        counter, step = self.function.local("i"), self.rng.choice([1, 1, 1, 2, 3])
        bound = i32(self.rng.randrange(1, 14)) if self.chance(0.5) else op("i32.and", self.leaf("i"), i32(self.rng.choice([3, 7, 15])))
        self.loops += 1
        self.readable["i"].append(counter)
        with self.label(""), self.label(None), self.label(""):
            body = self.statements(depth + 1, 1, 4)
        self.readable["i"].remove(counter)
        self.loops -= 1
        advance = tee(counter, op("i32.add", get(counter), i32(step)))
        # A branch to the inner block continues, one to the outer leaves.
        return Node("", put(counter, i32(self.rng.choice([0, 0, 0, 1, 5]))), b"\x02\x40\x03\x40\x02\x40", *body, b"\x0b", advance, bound,
                    self.rng.choice([b"\x48", b"\x49"]), b"\x0d\x00\x0b\x0b")

    def if_(self, depth):
        condition = self.condition(1)
        with self.label(""):
            then = self.statements(depth + 1, 1, 3)
            if self.chance(0.5):
                then += [b"\x05", *self.statements(depth + 1, 1, 3)]
        return Node("", condition, b"\x04\x40", *then, b"\x0b")

    def block(self, depth):
        if self.chance(0.6):
            with self.label(""):
                body = self.statements(depth + 1, 1, 4)
            return Node("", b"\x02\x40", *body, b"\x0b")
        # A block with a parameter and two results, which go to locals.
        kinds = "".join(self.rng.choice([kind for kind in "ilfdv" if self.writable[kind]]) for _ in range(2))
        param = self.rng.choice("ilfd")
        block_type = signed(self.module.type_index(param, kinds))
        entry = self.expression(param, 1)
        with self.label(kinds):
            body = [b"\x1a", *self.statements(depth + 1, 0, 2), self.expression(kinds[0], 1), self.expression(kinds[1], 1)]
            body += [self.condition(1), b"\x0d\x00"] if self.chance(0.5) else []
        targets = [self.rng.choice(self.writable[kind]) for kind in kinds]
        return Node("", entry, b"\x02" + block_type, *body, b"\x0b",
                    b"".join(b"\x21" + unsigned(target.index) for target in reversed(targets)))

    def branch(self, depth):
        targets = [distance for distance, kinds in enumerate(reversed(self.labels)) if kinds == ""]
        dice = self.rng.random()
        if dice < 0.12 and depth:
            condition = self.condition(1)
            with self.label(""):
                results = [self.expression(kind, 1) for kind in self.function.results]
            return Node("", condition, b"\x04\x40", *results, b"\x0f\x0b")
        if dice < 0.15:
            self.risky = True
            return Node("", self.condition(1), b"\x04\x40\x00\x0b")
        if not targets:
            return self.set_global()
        if dice < 0.4 and len(targets) > 1:
            # Inside a block of its own, because code after br_table is dead.
            table = [unsigned(distance + 1) for distance in self.rng.choices(targets, k=self.rng.randrange(1, 9))] + [b"\x00"]
            self.rng.shuffle(table)
            with self.label(None):
                index = op("i32.and", self.expression("i", 1), i32(7)) if self.chance(0.7) else self.expression("i", 1)
            return Node("", b"\x02\x40", index, b"\x0e" + vector(table[:-1]) + table[-1] + b"\x0b")
        return Node("", self.condition(1), b"\x0d" + unsigned(self.rng.choice(targets)))

    def call_statement(self, depth):
        candidates = list(range(self.index + 1, len(self.module.functions)))
        if not candidates or self.loops > 1:
            return self.store(depth)
        call = self.call(self.rng.choice(candidates), depth)
        callee = None
        results = {"*": None}.get(call.kind, call.kind)
        if results is None:
            callee = call.parts[-1]
            results = self.results_of(callee)
        sinks = []
        for kind in reversed(results):
            sinks.append(b"\x21" + unsigned(self.rng.choice(self.writable[kind]).index) if self.writable[kind] else b"\x1a")
        return Node("", call, b"".join(sinks))

    def results_of(self, call):
        """Result kinds of an encoded call or call_indirect."""
        number, shift = 0, 0
        for byte in call[1:]:
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        if call[0] == 0x10:
            return self.module.functions[number].results
        return list(self.module.types)[number][1]

    def bulk(self, depth):
        def place():
            if self.chance(0.9):
                return op("i32.and", self.expression("i", 2), i32(0xFFF))
            self.risky = True
            return self.expression("i", 2)

        def length():
            return op("i32.and", self.expression("i", 2), i32(self.rng.choice([7, 63, 255]))) if self.chance(0.5) \
                else i32(self.rng.choice([0, 1, 2, 3, 4, 8, 15, 16, 31, 33, 64, 200]))

        dice = self.rng.random()
        if dice < 0.4:
            return Node("", place(), place(), length(), b"\xfc\x0a\x00\x00")
        if dice < 0.7:
            return Node("", place(), self.expression("i", 2), length(), b"\xfc\x0b\x00")
        if dice < 0.8:
            self.risky = True
            passive = self.rng.choice([index for index, (address, _) in enumerate(self.module.data) if address is None])
            return Node("", place(), i32(self.rng.randrange(40)), i32(self.rng.randrange(30)), b"\xfc\x08" + unsigned(passive) + b"\x00")
        if dice < 0.82:
            return Node("", b"\xfc\x09" + unsigned(len(self.module.data) - 1))
        if dice < 0.88:
            reference = self.rng.choice([entry for entry in self.module.tables[OPEN_TABLE] if entry is not None] or [None])
            value = b"\xd0\x70" if reference is None or self.chance(0.1) else b"\xd2" + unsigned(reference)
            return Node("", self.table_index(OPEN_TABLE, depth), value, b"\x26\x01")
        if dice < 0.9:
            return Node("", b"\xfc\x0d\x02")
        self.risky = True
        # The open table: table.init, and table.copy from each.
        ends = b"".join(bytes(i32(self.rng.randrange(4))) for _ in range(3))
        return Node("", ends, self.rng.choice([b"\xfc\x0c\x02\x01", b"\xfc\x0e\x01\x01", b"\xfc\x0e\x01\x00"]))

    def finish(self, statements):
        """Sets the function's body: fuel, `statements`, results, or a tail call."""
        same = [index for index in range(self.index + 1, len(self.module.functions))
                if self.module.functions[index].results == self.function.results]
        self.risky = False
        if same and self.chance(0.15):
            ending = [self.call(self.rng.choice(same), 0, tail=True)]
        else:
            ending = [self.expression(kind, 1) for kind in self.function.results]
        if self.risky and self.chance(0.94):
            # Another end, in most calls.
            kinds = signed(self.module.type_index("", self.function.results))
            ending = [self.rare(), Node("", b"\x04" + kinds, *ending, b"\x05", *[self.leaf(kind) for kind in self.function.results], b"\x0b")]
        fuel = []
        if self.calls:
            left = op("i32.sub", global_get("i", FUEL), i32(1))
            fuel = [global_set(FUEL, left), Node("", op("i32.lt_s", global_get("i", FUEL), i32(0)), b"\x04\x40\x00\x0b")]
        self.function.body = fuel + statements + ending
