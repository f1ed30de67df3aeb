# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Writes a module with types of objects below each other."""
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "gc/Inputs"))
import module as m  # noqa: E402

middle = [m.field(m.I8), m.field(m.I64, mutable=False), m.field(m.ref_null(1), mutable=False)]
types = [
    m.sub(m.struct()),
    m.sub(m.struct(*middle), 0),
    m.sub(m.struct(*middle, m.field(m.ANYREF)), 1, final=True),
    m.array(m.field(m.I16)),
    m.array(m.field(m.ref(3), mutable=False)),
    m.func([m.ref(2)], [m.I32]),
]
m.write(types, [("f", 5, [], [m.i32(1)])])
