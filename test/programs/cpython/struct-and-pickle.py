# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Values as bytes: struct, pickle, marshal, datetime, uuid; and code objects compiled at run time.
import ast
import datetime
import io
import marshal
import pickle
import struct
import uuid

for form, values in (
    ("<bBhHiIqQ", (-1, 255, -2, 65535, -3, 4294967295, -4, 2**64 - 1)),
    (">efd", (1.5, -0.1, 1e300)),
    ("=3s5px?c", (b"abc", b"xy", True, b"z")),
    ("@il", (1, 2)),
    ("!2h4x1I", (1, -1, 7)),
    ("<d", (float("inf"),)),
):
    packed = struct.pack(form, *values)
    print(form, struct.calcsize(form), packed.hex(), struct.unpack(form, packed))
for form, values in (("b", (128,)), ("<H", (-1,)), ("<e", (1e6,)), ("<i", ("x",)), ("<i", ())):
    try:
        struct.pack(form, *values)
    except (struct.error, OverflowError) as error:
        print(form, error)
print([pair for pair in struct.iter_unpack("<Hb", bytes(range(9)))], struct.unpack_from("<I", b"\0\1\2\3\4\5", 1))


class Node:
    def __init__(self, value, parent=None):
        self.value, self.parent, self.children = value, parent, []

    def __reduce_ex__(self, protocol):
        return super().__reduce_ex__(protocol)


root = Node(10**30)
root.children = [Node(i / 3, root) for i in range(3)]
data = {"tree": root, "set": {1, 2}, "bytes": b"\0\xff", "float": -0.0, "text": "é", "complex": 1j, "none": None}
for protocol in range(6):
    packed = pickle.dumps(data, protocol)
    found = pickle.loads(packed)
    print(protocol, len(packed), found["tree"].children[2].parent is found["tree"], found["tree"].value, found["set"])
try:
    pickle.loads(packed[:-5])
except (pickle.UnpicklingError, EOFError) as error:
    print(type(error).__name__, error)

source = "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nresult = [f(i) for i in range(10)]\n"
code = marshal.loads(marshal.dumps(compile(source, "made", "exec")))
scope = {}
exec(code, scope)
print(
    scope["result"], ast.dump(ast.parse("a[1:] + b(*c)", mode="eval")), ast.unparse(ast.parse(source)),
    ast.literal_eval("{'a': [1, (2,)]}"), sep="\n",
)

zone = datetime.timezone(datetime.timedelta(hours=-5, minutes=-30))
moment = datetime.datetime(2024, 2, 29, 23, 59, 58, 123456, tzinfo=zone)
print(
    moment.isoformat(), moment + datetime.timedelta(days=366, seconds=2), moment.astimezone(datetime.timezone.utc),
    moment.timestamp(), moment.strftime("%a %d %b %Y %j %U %%"),
)
print(
    datetime.datetime.strptime("01/Mar/2023 10:20:30", "%d/%b/%Y %H:%M:%S"),
    datetime.date(2024, 12, 30).isocalendar(), datetime.date.max - datetime.date.min,
)
print(uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), uuid.UUID(int=2**127), io.BytesIO(b"ab\ncd").readlines())
