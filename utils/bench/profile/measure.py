# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The work that is measured: an evaluator of expressions, a sieve, queens, dictionaries, sorting, objects."""
import collections
import functools
import itertools
import random
import string


def tokens(text):
    position = 0
    while position < len(text):
        if text[position].isdigit():
            end = position
            while end < len(text) and text[end].isdigit():
                end += 1
            yield "number", int(text[position:end])
            position = end
        else:
            yield text[position], None
            position += 1


class Parser:
    def __init__(self, text):
        self.tokens, self.position = list(tokens(text)), 0

    def next_is(self, kinds):
        return self.position < len(self.tokens) and self.tokens[self.position][0] in kinds

    def take(self):
        self.position += 1
        return self.tokens[self.position - 1]

    def sum(self):
        value = self.product()
        while self.next_is("+-"):
            value = value + self.product() if self.take()[0] == "+" else value - self.product()
        return value

    def product(self):
        value = self.atom()
        while self.next_is("*"):
            self.take()
            value = value * self.atom() % 1000003
        return value

    def atom(self):
        kind, number = self.take()
        if kind != "(":
            return number
        value = self.sum()
        self.take()
        return value


def sieve(limit):
    prime = bytearray([1]) * (limit + 1)
    for i in range(2, int(limit ** 0.5) + 1):
        if prime[i]:
            prime[i * i::i] = bytes(len(range(i * i, limit + 1, i)))
    return sum(prime) - 2


def queens(size, row=0, columns=0, rising=0, falling=0):
    if row == size:
        return 1
    return sum(queens(size, row + 1, columns | 1 << i, rising | 1 << (row + i), falling | 1 << (row - i + size))
               for i in range(size)
               if not (columns >> i & 1 or rising >> (row + i) & 1 or falling >> (row - i + size) & 1))


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)


def turn():
    draw = random.Random(11)
    text = "+".join("(%d*%d-%d)" % tuple(draw.randrange(99) for _ in range(3)) for _ in range(600))
    value = [Parser(text).sum() for _ in range(10)][0]
    groups = collections.defaultdict(list)
    for i in range(20000):
        groups[i % 97, i % 13].append(i)
    names = sorted(("".join(draw.choices(string.ascii_letters, k=8)) for _ in range(8000)), key=str.lower)
    last = functools.reduce(lambda a, b: a + b, (Point(i, -i) for i in range(30000)))
    sums = "-".join(map(str, itertools.islice(itertools.accumulate(range(100)), 5)))
    print(value, sieve(200000), queens(7), len(groups), names[0], last.x, sums)


for _ in range(5):
    turn()
