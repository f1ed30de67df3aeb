# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Programs of random operations on a graph of objects, whose roots are locals, globals and a table, and a model of them
in Python. `graphs.py SEED` writes the module; with `graphs.py SEED TURNS` the model says what `run` returns."""
import random
import sys

from module import (ADD, ANYREF, array, array_get, array_new_default, array_new_fixed, block, br_if, call, DROP, EMPTY,
                    EQZ, field, func, get, global_get, global_set, I32, i32, i31_get_s, I8, loop, MUL, null, ref_cast,
                    ref_i31, ref_null, ref_test, RETURN, set_, struct, struct_get, struct_new, struct_set, SUB,
                    table_get, table_set, write)

NODE, PAIR, BYTES, RUN, CHECK, TRIM = range(6)
NUMBER, LEFT, RIGHT, EXTRA = range(4)  # the fields of a node
RUN_IT, CHECK_IT, TRIM_IT = range(3)
I31, NONE = b"\x6c", b"\x71"
IS_NULL, AND = b"\xd1", b"\x71"
LOCALS, GLOBALS, ELEMENTS = 6, 4, 4
SLOTS = LOCALS + GLOBALS + ELEMENTS
# Locals of `run`: the turns that are left, the sum, then those of the slots.
TURN, SUM, FIRST_SLOT = range(3)
OPERATIONS, DEPTH, TRIM_DEPTH = 60, 5, 3
MASK = 0xFFFFFFFF


def operations(seed):
    """(name, slot, slot, slot, number) of each."""
    source = random.Random(seed)
    names = ["new"] * 6 + ["left", "right", "go", "go", "drop", "cut", "pair", "unpair", "number", "garbage", "garbage"]
    return [(source.choice(names), *(source.randrange(SLOTS) for _ in range(3)), source.randrange(2000))
            for _ in range(OPERATIONS)]


def read(slot):
    if slot < LOCALS:
        return get(FIRST_SLOT + slot)
    if slot < LOCALS + GLOBALS:
        return global_get(slot - LOCALS)
    return i32(slot - LOCALS - GLOBALS) + table_get(0)


def assign(slot, value):
    if slot < LOCALS:
        return value + set_(FIRST_SLOT + slot)
    if slot < LOCALS + GLOBALS:
        return value + global_set(slot - LOCALS)
    return i32(slot - LOCALS - GLOBALS) + value + table_set(0)


def unless_null(slot, *code):
    return block(EMPTY, read(slot), IS_NULL, br_if(0), *code)


def name_of(number):
    """The number of a node that is made now."""
    return get(TURN) + i32(61) + MUL + i32(number) + ADD


def is_kind(value, kind, *code):
    """Runs the code if the value is of the kind."""
    return block(EMPTY, value, ref_test(kind), EQZ, br_if(0), *code)


def lower(name, a, b, c, number):
    extra = read(a) + struct_get(NODE, EXTRA)
    match name:
        case "new":
            return assign(a, name_of(number) + read(b) + read(c) + null(NONE) + struct_new(NODE))
        case "left" | "right":
            return unless_null(a, read(a), read(b), struct_set(NODE, LEFT if name == "left" else RIGHT))
        case "go":
            return unless_null(a, assign(b, read(a) + struct_get(NODE, RIGHT if number % 2 else LEFT)))
        case "drop":
            return assign(a, null(NODE))
        case "cut":
            return unless_null(a, *(read(a) + null(NODE) + struct_set(NODE, side) for side in (LEFT, RIGHT)))
        case "pair":
            return unless_null(a, read(a), read(b), read(c), array_new_fixed(PAIR, 2), struct_set(NODE, EXTRA))
        case "unpair":
            element = extra + ref_cast(PAIR) + i32(number % 2) + array_get(PAIR)
            return unless_null(a, is_kind(extra, PAIR, assign(b, element)))
        case "number":
            return unless_null(a, read(a), name_of(number), ref_i31(), struct_set(NODE, EXTRA))
        case "garbage":
            return i32(number) + array_new_default(BYTES) + DROP


def module(seed):
    turn = [lower(*operation) for operation in operations(seed)]
    turn += [read(slot) + i32(TRIM_DEPTH) + call(TRIM_IT) for slot in range(SLOTS)]
    turn += [get(SUM) + i32(31) + MUL + read(slot) + i32(DEPTH) + call(CHECK_IT) + ADD + set_(SUM)
             for slot in range(SLOTS)]
    run = [loop(*turn, get(TURN), i32(1), SUB, b"\x22" + b"\0", br_if(0)), get(SUM)]
    # Parameters: a node, and how much deeper to go.
    extra, deeper = get(0) + struct_get(NODE, EXTRA), get(1) + i32(1) + SUB
    leave = [get(0), IS_NULL, get(1), EQZ, ADD, EQZ, br_if(0)]
    check = [
        block(EMPTY, *leave, i32(0), RETURN),
        get(0), struct_get(NODE, NUMBER), i32(17), MUL,
        get(0), struct_get(NODE, LEFT), deeper, call(CHECK_IT), i32(3), MUL, ADD,
        get(0), struct_get(NODE, RIGHT), deeper, call(CHECK_IT), i32(5), MUL, ADD, set_(2),
        is_kind(extra, I31, get(2), extra, ref_cast(I31), i31_get_s(), ADD, set_(2)),
        is_kind(extra, PAIR, get(2), extra, ref_cast(PAIR), i32(0), array_get(PAIR), deeper, call(CHECK_IT),
                i32(7), MUL, ADD, set_(2)),
        get(2),
    ]
    trim = [
        block(EMPTY, get(0), IS_NULL, EQZ, br_if(0), RETURN),
        block(EMPTY, get(1), br_if(0), get(0), null(NODE), struct_set(NODE, LEFT), get(0), null(NODE),
              struct_set(NODE, RIGHT), get(0), null(NONE), struct_set(NODE, EXTRA), RETURN),
        get(0), struct_get(NODE, LEFT), deeper, call(TRIM_IT),
        get(0), struct_get(NODE, RIGHT), deeper, call(TRIM_IT),
        # The first may cut what leads to the second.
        *(is_kind(extra, PAIR, extra, ref_cast(PAIR), i32(i), array_get(PAIR), deeper, call(TRIM_IT))
          for i in (0, 1)),
    ]
    node = ref_null(NODE)
    write(
        [struct(field(I32), field(node), field(node), field(ANYREF)), array(field(node)), array(field(I8)),
         func([I32], [I32]), func([node, I32], [I32]), func([node, I32], [])],
        [("run", RUN, [I32] + [node] * LOCALS, run), ("check", CHECK, [I32], check), ("trim", TRIM, [], trim)],
        globals_=[(node, null(NODE))] * GLOBALS,
        tables=[node],
    )


class Node:
    def __init__(self, number, left, right):
        self.number, self.left, self.right, self.extra = number, left, right, None


def i31_of(number):
    return ((number & 0x7FFFFFFF) ^ 0x40000000) - 0x40000000


def check(node, depth):
    if node is None or depth == 0:
        return 0
    result = node.number * 17 + check(node.left, depth - 1) * 3 + check(node.right, depth - 1) * 5
    if isinstance(node.extra, int):
        result += node.extra
    if isinstance(node.extra, tuple):
        result += check(node.extra[0], depth - 1) * 7
    return result & MASK


def trim(node, depth):
    if node is None:
        return
    if depth == 0:
        node.left = node.right = node.extra = None
        return
    trim(node.left, depth - 1)
    trim(node.right, depth - 1)
    if isinstance(node.extra, tuple):
        trim(node.extra[0], depth - 1)
        if isinstance(node.extra, tuple):
            trim(node.extra[1], depth - 1)


def step(slots, turn, name, a, b, c, number):
    node, made = slots[a], (turn * 61 + number) & MASK
    if name == "new":
        slots[a] = Node(made, slots[b], slots[c])
    elif name == "drop":
        slots[a] = None
    elif node is None:
        pass
    elif name in ("left", "right"):
        setattr(node, name, slots[b])
    elif name == "go":
        slots[b] = node.right if number % 2 else node.left
    elif name == "cut":
        node.left = node.right = None
    elif name == "pair":
        node.extra = (slots[b], slots[c])
    elif name == "unpair" and isinstance(node.extra, tuple):
        slots[b] = node.extra[number % 2]
    elif name == "number":
        node.extra = i31_of(made)


def model(seed, turns):
    slots, total = [None] * SLOTS, 0
    for turn in range(turns, 0, -1):
        for operation in operations(seed):
            step(slots, turn, *operation)
        for slot in slots:
            trim(slot, TRIM_DEPTH)
        for slot in slots:
            total = (total * 31 + check(slot, DEPTH)) & MASK
    print((total ^ 0x80000000) - 0x80000000)


if __name__ == "__main__":
    if len(sys.argv) == 2:
        module(int(sys.argv[1]))
    else:
        model(int(sys.argv[1]), int(sys.argv[2]))
