# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Classes: inheritance, operators, descriptors, metaclasses, dataclasses, enums, protocols.
import abc
import copy
import dataclasses
import enum
import functools
import typing


@functools.total_ordering
class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y) if isinstance(other, Vector) else NotImplemented

    def __rmul__(self, factor):
        return Vector(factor * self.x, factor * self.y)

    def __matmul__(self, other):
        return self.x * other.x + self.y * other.y

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)

    def __lt__(self, other):
        return self @ self < other @ other

    def __hash__(self):
        return hash((self.x, self.y))

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __bool__(self):
        return self.x != 0 or self.y != 0


a, b = Vector(1, 2), Vector(-3, 0.5)
print(
    a + b, 3 * a, a @ b, a < b, a >= b, list(a), bool(Vector(0, 0)), len({a, Vector(1, 2), b}),
    sorted([b, a], reverse=True),
)
try:
    a + 1
except TypeError as error:
    print(error)
try:
    a.z = 1
except AttributeError as error:
    print(error)


class A:
    def who(self):
        return ["A"]


class B(A):
    def who(self):
        return ["B"] + super().who()


class C(A):
    def who(self):
        return ["C"] + super().who()


class D(B, C):
    pass


print(D().who(), [cls.__name__ for cls in D.__mro__], isinstance(D(), C), issubclass(B, C))


class Typed:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return self if instance is None else instance.__dict__.get(self.name, "unset")

    def __set__(self, instance, value):
        if not isinstance(value, int):
            raise TypeError(f"{self.name} must be int, not {type(value).__name__}")
        instance.__dict__[self.name] = value


class Registry(type):
    known = []

    def __new__(meta, name, bases, namespace, **options):
        cls = super().__new__(meta, name, bases, namespace)
        meta.known.append((name, sorted(key for key in namespace if not key.startswith("__")), options))
        return cls


class Record(metaclass=Registry, table="records"):
    size = Typed()
    count = Typed()

    @property
    def area(self):
        return self.size * self.count

    @classmethod
    def make(cls, size):
        record = cls()
        record.size, record.count = size, 2
        return record

    def __getattr__(self, name):
        return f"no {name}"


record = Record.make(21)
print(record.area, record.other, Registry.known, Record().size)
try:
    record.size = "big"
except TypeError as error:
    print(error)


@dataclasses.dataclass(order=True, frozen=True)
class Item:
    price: float
    name: str = dataclasses.field(compare=False)
    tags: list[str] = dataclasses.field(default_factory=list, compare=False, repr=False)
    KIND: typing.ClassVar[str] = "item"


items = [Item(2.5, "nut"), Item(0.1, "bolt", ["new"]), Item(2.5, "nail")]
print(
    sorted(items), items[0] == items[2], dataclasses.asdict(items[1]), dataclasses.replace(items[0], price=3),
    [f.name for f in dataclasses.fields(Item)],
)
try:
    items[0].price = 0
except dataclasses.FrozenInstanceError as error:
    print(error)
deep = copy.deepcopy(items)
print(deep == items, deep[1].tags is items[1].tags, copy.copy(items[1]).tags is items[1].tags)


class Color(enum.Flag):
    RED = enum.auto()
    GREEN = enum.auto()
    BLUE = enum.auto()
    WHITE = RED | GREEN | BLUE


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...


print(Color.RED | Color.BLUE, Color(7), ~Color.RED, [color.name for color in Color], Color.GREEN in Color.WHITE)
try:
    Shape()
except TypeError as error:
    print(error)
Point = typing.NamedTuple("Point", [("x", int), ("y", int)])
print(Point(1, y=2)._replace(x=5), type("Made", (A,), {"extra": lambda self: self.who() * 2})().extra())
