# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# collections, heapq, bisect, array, sorting, and dictionaries and sets with many entries.
import array
import bisect
import collections
import heapq
import random

generator = random.Random(1)
numbers = [generator.randrange(10**6) for _ in range(20000)]
heap = []
for number in numbers:
    heapq.heappush(heap, number)
    if len(heap) > 100:
        heapq.heappop(heap)
print(
    sorted(heap)[:5], heapq.nlargest(3, numbers), heapq.nsmallest(3, numbers, key=lambda x: -x),
    list(heapq.merge([1, 4], [2, 3]))[:3],
)
ordered = sorted(numbers)
print(ordered[:5], bisect.bisect_left(ordered, 500000), sorted(numbers, key=lambda x: (x % 10, -x))[:5])
records = [(number % 50, index) for index, number in enumerate(numbers)]
print(sorted(records, key=lambda record: record[0])[:5], [tuple(reversed(r)) for r in sorted(records)[-2:]])

words = "the quick brown fox jumps over the lazy dog while the cat sleeps over the mat".split()
counts = collections.Counter(words)
print(counts.most_common(3), counts - collections.Counter(the=2), sum(counts.values()), counts["none"])
groups = collections.defaultdict(list)
for word in words:
    groups[len(word)].append(word)
print(dict(groups), collections.ChainMap({"a": 1}, {"a": 2, "b": 3})["b"])
queue = collections.deque(range(10), maxlen=8)
queue.rotate(3)
queue.appendleft(-1)
print(queue, queue.popleft(), queue.index(5))
cache = collections.OrderedDict((key, key * 2) for key in "abcd")
cache.move_to_end("a")
print(cache, cache.popitem(last=False))

table = {}
for number in numbers:
    table[number] = table.get(number, 0) + 1
for number in numbers[::3]:
    table.pop(number, None)
print(len(table), sum(table), list(table)[:4], {1: "int", 1.0: "float", True: "bool"})
first, second = set(numbers[:12000]), set(numbers[8000:])
print(
    len(first & second), len(first | second), len(first ^ second), len(first - second), first <= second,
    frozenset("ab") == {"b", "a"},
)
print(sorted({"banana", "apple", "cherry"} | {f"key{i}" for i in range(5)}), {"a", "b", "c", "d"})

typed = array.array("h", [1, -2, 300])
typed.extend(range(5))
typed.byteswap()
print(typed, typed.tobytes().hex(), typed.itemsize)
grid = [[(row * column) % 7 for column in range(30)] for row in range(30)]
frontier, distance = [(grid[0][0], 0, 0)], {}
while frontier:
    cost, row, column = heapq.heappop(frontier)
    if (row, column) in distance:
        continue
    distance[row, column] = cost
    for r, c in ((row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)):
        if 0 <= r < 30 and 0 <= c < 30:
            heapq.heappush(frontier, (cost + grid[r][c] + 1, r, c))
print(distance[29, 29], sum(distance.values()))
nested = [[1, [2, (3, {4: [5]})]], "x" * 5]
nested[0].append(nested)
print(nested, list(range(20))[3:15:4], [*range(3), *"ab"], (lambda *a, **k: (a, k))(1, *[2], x=3, **{"y": 4}))
