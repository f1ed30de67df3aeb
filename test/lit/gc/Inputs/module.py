# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Writes modules with instructions of garbage collection, which wat2wasm does not know: a function for each part of a
module, and one for each instruction that the tests use."""

import sys

I32, I64, F64, V128, I8, I16 = b"\x7f", b"\x7e", b"\x7c", b"\x7b", b"\x78", b"\x77"
ANYREF, EQREF, I31REF, STRUCTREF, ARRAYREF = b"\x6e", b"\x6d", b"\x6c", b"\x6b", b"\x6a"
EXTERNREF, FUNCREF = b"\x6f", b"\x70"
EMPTY = b"\x40"


def leb(number):
    encoded = b""
    while number > 0x7F:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])


def signed(number):
    encoded = b""
    while not -0x40 <= number < 0x40:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number & 0x7F])


def vector(items):
    return leb(len(items)) + b"".join(items)


def sized(content):
    return leb(len(content)) + content


def heap_type(heap):
    """The index of a type, or the byte of an abstract heap type."""
    return signed(heap) if isinstance(heap, int) else heap


def ref(heap):
    """A reference that is never null."""
    return b"\x64" + heap_type(heap)


def ref_null(heap):
    return b"\x63" + heap_type(heap)


def field(kind, mutable=True):
    return kind + bytes([mutable])


def struct(*fields):
    return b"\x5f" + vector(fields)


def array(element):
    return b"\x5e" + element


def sub(composite, *supers, final=False):
    return (b"\x4f" if final else b"\x50") + vector([leb(index) for index in supers]) + composite


def func(params=(), results=()):
    return b"\x60" + vector(list(params)) + vector(list(results))


def op(code, *immediates):
    """An instruction of the prefix 0xfb."""
    encoded = [leb(each) if isinstance(each, int) else each for each in immediates]
    return b"\xfb" + leb(code) + b"".join(encoded)


def struct_new(t): return op(0, t)
def struct_new_default(t): return op(1, t)
def struct_get(t, i): return op(2, t, i)
def struct_get_s(t, i): return op(3, t, i)
def struct_get_u(t, i): return op(4, t, i)
def struct_set(t, i): return op(5, t, i)
def array_new(t): return op(6, t)
def array_new_default(t): return op(7, t)
def array_new_fixed(t, count): return op(8, t, count)
def array_new_data(t, segment): return op(9, t, segment)
def array_get(t): return op(11, t)
def array_get_u(t): return op(13, t)
def array_set(t): return op(14, t)
def array_len(): return op(15)
def array_fill(t): return op(16, t)
def array_copy(to, source): return op(17, to, source)
def ref_test(heap): return op(20, heap_type(heap))
def ref_cast(heap): return op(22, heap_type(heap))
def any_convert_extern(): return op(26)
def extern_convert_any(): return op(27)
def ref_i31(): return op(28)
def i31_get_s(): return op(29)


def i32(number): return b"\x41" + signed(number)
def get(local): return b"\x20" + leb(local)
def set_(local): return b"\x21" + leb(local)
def tee(local): return b"\x22" + leb(local)
def global_get(index): return b"\x23" + leb(index)
def global_set(index): return b"\x24" + leb(index)
def null(heap): return b"\xd0" + heap_type(heap)
def call(index): return b"\x10" + leb(index)
def block(kind, *code): return b"\x02" + kind + b"".join(code) + END
def loop(*code): return b"\x03" + EMPTY + b"".join(code) + END
def table_get(index): return b"\x25" + leb(index)
def table_set(index): return b"\x26" + leb(index)
def throw(tag): return b"\x08" + leb(tag)


def try_table(tag, label, *code):
    """An exception with the tag goes to the label, counted from outside."""
    return b"\x1f" + EMPTY + b"\1\0" + leb(tag) + leb(label) + b"".join(code) + END


def br(label): return b"\x0c" + leb(label)
def br_if(label): return b"\x0d" + leb(label)


ADD, SUB, MUL, EQ, EQZ, DROP, END, UNREACHABLE = b"\x6a", b"\x6b", b"\x6c", b"\x46", b"\x45", b"\x1a", b"\x0b", b"\0"
RETURN = b"\x0f"


def write(types, functions, globals_=(), data=(), tables=(), tags=(), imports=()):
    """`functions`: (name, type index, locals, code); each is exported. `globals_`: (type, value). `tables`: types of 4
    elements each. `tags`: type indices. `imports`: functions (module, name, type index), the first of all."""
    def section(number, items):
        return bytes([number]) + sized(vector(items)) if items else b""

    def body(locals_, code):
        return sized(vector([b"\x01" + kind for kind in locals_]) + b"".join(code) + END)

    bodies = [body(locals_, code) for _, _, locals_, code in functions]
    exports = [sized(name.encode()) + b"\0" + leb(index) for index, (name, *_) in enumerate(functions, len(imports))]
    imported = [sized(module.encode()) + sized(name.encode()) + b"\0" + leb(index) for module, name, index in imports]
    sys.stdout.buffer.write(
        b"\0asm\1\0\0\0"
        + section(1, types)
        + section(2, imported)
        + section(3, [leb(type_index) for _, type_index, *_ in functions])
        + section(4, [kind + b"\0\4" for kind in tables])
        + section(13, [b"\0" + leb(index) for index in tags])
        + section(6, [kind + b"\1" + value + END for kind, value in globals_])
        + section(7, exports)
        + (bytes([12]) + sized(leb(len(data))) if data else b"")
        + section(10, bodies)
        + section(11, [b"\1" + sized(each) for each in data])
    )
