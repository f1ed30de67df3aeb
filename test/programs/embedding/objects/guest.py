# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Writes a module that makes lists for its host, hands objects over and takes them back."""
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[3] / "lit/gc/Inputs"))
import module as m  # noqa: E402

NODE, BYTES, MAKE, SUM, PASS, KEEP = range(6)
SEE = 0  # the imported function

types = [
    m.struct(m.field(m.I32), m.field(m.ref_null(NODE))),
    m.array(m.field(m.I8)),
    m.func([m.I32], [m.ref_null(NODE)]),
    m.func([m.ref_null(NODE)], [m.I32]),
    m.func([m.ANYREF], [m.ANYREF]),
    m.func([m.EXTERNREF], [m.EXTERNREF]),
]
# A list of the numbers from the parameter down to 1, the least first.
make = [
    m.loop(m.get(0), m.get(1), m.struct_new(NODE), m.set_(1), m.get(0), m.i32(1), m.SUB, m.tee(0), m.br_if(0)),
    m.get(1),
]
total = [
    m.block(m.EMPTY, m.loop(
        m.get(0), b"\xd1", m.br_if(1),
        m.get(1), m.get(0), m.struct_get(NODE, 0), m.ADD, m.set_(1),
        m.get(0), m.struct_get(NODE, 1), m.set_(0), m.br(0))),
    m.get(1),
]
m.write(
    types,
    [
        ("make", MAKE, [m.ref_null(NODE)], make),
        ("sum", SUM, [m.I32], total),
        ("pass", PASS, [], [m.get(0), m.call(SEE)]),
        ("keep", KEEP, [], [m.get(0)]),
    ],
    imports=[("host", "see", PASS)],
)
