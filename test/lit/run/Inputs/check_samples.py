# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""check_samples.py FILE FUNCTION [STACK]: whether most samples of a profile are below FUNCTION, and some are of the
whole STACK. A file of speedscope ends in .json, others are folded stacks."""

import json
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        if not path.endswith(".json"):
            lines = [line.rsplit(" ", 1) for line in file]
            return [(stack.split(";"), int(count)) for stack, count in lines]
        document = json.load(file)
    names = [frame["name"] for frame in document["shared"]["frames"]]
    (profile,) = document["profiles"]
    assert profile["type"] == "sampled" and profile["unit"] == "none"
    assert profile["endValue"] == sum(profile["weights"])
    return [([names[index] for index in stack], count) for stack, count in zip(profile["samples"], profile["weights"])]


samples = read(sys.argv[1])
total = sum(count for _, count in samples)
found = sum(count for stack, count in samples if sys.argv[2] in stack)
assert total > 0, samples
assert 2 * found > total, samples
if len(sys.argv) > 3:
    assert any(stack[-len(wanted):] == wanted for stack, _ in samples for wanted in [sys.argv[3].split(";")]), samples
