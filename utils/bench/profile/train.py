# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The work that the profile is made with: none of it is in measure.py."""
import hashlib
import json
import random
import re


class Node:
    def __init__(self, key):
        self.key, self.left, self.right = key, None, None

    def insert(self, key):
        node = self
        while True:
            side = "left" if key < node.key else "right"
            child = getattr(node, side)
            if child is None:
                setattr(node, side, Node(key))
                return
            node = child

    def walk(self):
        if self.left:
            yield from self.left.walk()
        yield self.key
        if self.right:
            yield from self.right.walk()


def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def multiply(size):
    rows = [[(i * j) % 7 + 0.5 for j in range(size)] for i in range(size)]
    return sum(sum(x * y for x, y in zip(row, column)) for row in rows for column in zip(*rows))


def refused(count):
    wrong = 0
    for i in range(count):
        try:
            int("x" if i % 3 == 0 else "1")
        except ValueError:
            wrong += 1
    return wrong


draw = random.Random(3)
tree = Node(500)
for _ in range(3000):
    tree.insert(draw.randrange(1000))
words = {}
for _ in range(6000):
    word = "w%d" % draw.randrange(300)
    words[word] = words.get(word, 0) + 1
text = " ".join("%s=%d" % pair for pair in sorted(words.items(), key=lambda pair: -pair[1]))
data = json.loads(json.dumps([{"a": i, "b": [str(i), i * 1.5, None]} for i in range(1500)]))
print(sum(tree.walk()), len(re.findall(r"w(\d+)=(\d+)", text)), len(data), fibonacci(17), multiply(25), refused(2000),
      hashlib.sha256(text.encode()).hexdigest()[:8])
