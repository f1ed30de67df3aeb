# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The module around the functions: memory, tables, globals, and what the runners call.

Exports: `f0`, `f1`, ... take two i64, make the parameters of a function from them, and return a hash of its results; `hash` returns one of
globals, and `state` is the memory.
"""

from tree import (Function, Node, canonical, constant, function_type, get, global_get, global_set, i32, name, op, put, section,
                  sized, unsigned, vector, Local, TYPES)

# DICE is another number for each call from outside: what may trap is done in some calls only.
FUEL, STACK, DICE, FIRST_GLOBAL = 0, 1, 2, 3
CLOSED_TABLE, OPEN_TABLE = 0, 1
PRIME = 0x100000001B3
# The number of functions that call others that a call from outside may enter.
FUEL_OF_CALL = 60


class Module:
    """`pages`, `max_pages` of memory 0; `globals`: kinds after FUEL, STACK and DICE; tables hold indices of functions or None."""

    def __init__(self):
        self.functions = []
        self.globals = []
        self.pages, self.max_pages = 1, 2
        self.tables = [[], []]
        self.element_segment = []
        self.data = []  # (address, bytes); address None is passive
        self.types = {}

    def type_index(self, params, results):
        return self.types.setdefault((params, results), len(self.types))

    def wrapper(self, index):
        callee = self.functions[index]
        function = Function("ll", "l")
        first, second = Local("l", 0), Local("l", 1)
        arguments = []
        for position, kind in enumerate(callee.params):
            # Half of each number, or all of it, from both numbers in turn.
            source = get(first if position % 2 == 0 else second)
            half = op("i32.wrap_i64", op("i64.shr_u", source, constant("l", 32)) if position % 4 > 1 else source)
            arguments.append({"i": half, "l": source, "f": op("f32.reinterpret_i32", half), "d": op("f64.reinterpret_i64", source),
                              "v": op("i64x2.replace_lane", op("i64x2.splat", source), get(second), immediates=b"\x01")}[kind])
        results = [function.local(kind) for kind in callee.results]
        call = Node("", *arguments, b"\x10" + unsigned(index))
        call.parts += [b"\x21" + unsigned(result.index) for result in reversed(results)]
        value = constant("l", len(results))
        for result in results:
            value = op("i64.add", op("i64.mul", value, constant("l", PRIME)), bits(function, result))
        mixed = op("i64.mul", op("i64.xor", get(first), op("i64.mul", get(second), constant("l", PRIME))), constant("l", 0x9E3779B97F4A7C15))
        dice = op("i32.wrap_i64", op("i64.shr_u", mixed, constant("l", 32)))
        function.body = [global_set(FUEL, i32(FUEL_OF_CALL)), global_set(DICE, dice), call, value]
        return function

    def hash(self):
        """A hash of globals and memory.size: runners read memory themselves, as code of -O0 would take too long."""
        function = Function("", "l")
        hash_ = function.local("l")
        function.body = []
        for index, kind in enumerate(self.globals, FIRST_GLOBAL):
            value = function.local(kind)
            function.body.append(put(value, global_get(kind, index)))
            function.body.append(put(hash_, op("i64.add", op("i64.mul", get(hash_), constant("l", PRIME)), bits(function, value))))
        function.body.append(op("i64.add", get(hash_), op("i64.extend_i32_u", Node("i", b"\x3f\x00"))))
        return function

    def encode(self):
        count = len(self.functions)
        functions = self.functions + [self.wrapper(index) for index in range(count)] + [self.hash()]
        entries = [unsigned(self.type_index(function.params, function.results)) for function in functions]
        exports = [name(f"f{index}") + b"\x00" + unsigned(count + index) for index in range(count)]
        exports += [name("hash") + b"\x00" + unsigned(2 * count), name("state") + b"\x02\x00"]
        globals_ = [b"\x7f\x01" + bytes(i32(0)) + b"\x0b", b"\x7f\x01" + bytes(i32(16384)) + b"\x0b", b"\x7f\x01" + bytes(i32(0)) + b"\x0b"]
        globals_ += [bytes([TYPES[kind]]) + b"\x01" + bytes(constant(kind, 0x3FF)) + b"\x0b" for kind in self.globals]
        tables = [b"\x70\x00" + unsigned(len(self.tables[CLOSED_TABLE])), b"\x70\x01" + unsigned(len(self.tables[OPEN_TABLE])) + b"\x20"]
        passive = b"\x05\x70" + vector([element(entry) for entry in self.element_segment])
        elements = [b"\x06" + unsigned(table) + b"\x41\x00\x0b\x70" + vector([element(entry) for entry in self.tables[table]])
                    for table in (CLOSED_TABLE, OPEN_TABLE)] + [passive]
        data = [b"\x01" + sized(content) if address is None else b"\x00" + bytes(i32(address)) + b"\x0b" + sized(content)
                for address, content in self.data]
        memory = b"\x01" + unsigned(self.pages) + unsigned(self.max_pages)
        bodies = [function.encode() for function in functions]
        return b"".join([b"\0asm\x01\0\0\0", section(1, [function_type(*key) for key in self.types]), section(3, entries),
                         section(4, tables), section(5, [memory]), section(6, globals_), section(7, exports), section(9, elements),
                         b"\x0c" + sized(unsigned(len(data))), section(10, bodies), section(11, data)])


def element(index):
    return b"\xd0\x70\x0b" if index is None else b"\xd2" + unsigned(index) + b"\x0b"


def bits(function, local):
    """The value of `local`, as an i64."""
    value = get(local)
    if local.kind == "i":
        return op("i64.extend_i32_u", value)
    if local.kind == "l":
        return value
    if local.kind == "f":
        return op("i64.extend_i32_u", op("i32.reinterpret_f32", canonical(function, value)))
    if local.kind == "d":
        return op("i64.reinterpret_f64", canonical(function, value))
    low, high = (op("i64x2.extract_lane", value, immediates=bytes([lane])) for lane in (0, 1))
    return op("i64.add", op("i64.mul", low, constant("l", PRIME)), high)
