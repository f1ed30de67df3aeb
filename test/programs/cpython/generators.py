# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Generators, iterators, comprehensions, closures and coroutines.
import functools
import itertools
import operator


def primes():
    composites = {}
    for n in itertools.count(2):
        for step in composites.pop(n, (n,) if n * n < 0 else ()):
            composites.setdefault(n + step, []).append(step)
        if all(n % p for p in range(2, int(n**0.5) + 1)):
            yield n
            composites.setdefault(n * n, []).append(n)


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        received = yield depth
        if received:
            yield f"got {received}"
        yield from tree(depth - 1)
    return depth


print(list(itertools.islice(primes(), 40)), list(tree(4)))
walker = tree(2)
print(next(walker), walker.send(None), walker.send("a message"), list(walker))


def cleanup():
    try:
        yield 1
        yield 2
    except ValueError as error:
        yield f"caught {error}"
    finally:
        print("finally")


for how in (lambda g: g.close(), lambda g: print(g.throw(ValueError("inside"))), lambda g: None):
    generator = cleanup()
    next(generator)
    how(generator)
    del generator

print(
    list(itertools.permutations("abc")), list(itertools.combinations(range(5), 3)),
    list(itertools.product("ab", repeat=2)),
)
print(
    [(k, len(list(g))) for k, g in itertools.groupby("aaabbbccda")],
    list(itertools.accumulate(range(1, 9), operator.mul)),
)
print(
    list(itertools.zip_longest("abc", [1], fillvalue="-")), list(itertools.chain.from_iterable([[1], (2, 3)])),
    list(itertools.pairwise("abcd")),
)
print(
    list(itertools.batched("abcdefg", 3)), list(itertools.starmap(pow, [(2, 5), (3, 2)])),
    list(itertools.takewhile(lambda x: x < 5, [1, 4, 6, 1])),
)
print(
    {k: v for k, v in zip("xyz", range(3))}, {x % 7 for x in range(50)},
    [[i * j for j in range(4)] for i in range(4)],
)
print(sum(1 for a in range(1, 60) for b in range(a, 60) for c in range(b, 85) if a * a + b * b == c * c))


@functools.lru_cache(maxsize=None)
def partitions(n, largest):
    return 1 if n == 0 else sum(partitions(n - k, k) for k in range(1, min(n, largest) + 1))


print(partitions(20, 20), partitions.cache_info(), functools.reduce(lambda a, b: a * 31 + b, range(20)))


def counter():
    count = 0

    def step(by=1):
        nonlocal count
        count += by
        return count

    return step


first, second = counter(), counter()
print(first(), first(5), second(), first(), [f() for f in [lambda i=i: i * i for i in range(4)]])


class Ticket:
    def __await__(self):
        return (yield "waiting")


async def worker(name):
    value = await Ticket()
    return f"{name}: {value}"


coroutine = worker("w")
print(coroutine.send(None))
try:
    coroutine.send("done")
except StopIteration as stop:
    print(stop.value)
match ["move", 3, {"fast": True}]:
    case ["move", int(distance), {"fast": fast}] if distance > 2:
        print("moved", distance, fast)
