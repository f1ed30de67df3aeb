# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The lines that runners print, and whether it is the same."""

import collections
import re

# V8's words and ours for traps. V8 has one for wrong types and null, so kinds are compared exactly between our modes only.
TRAPS = [("memory", r"memory access out of bounds|out of bounds memory access|data segment out of bounds"),
         ("table", r"table index is out of bounds|table access|undefined element|element segment out of bounds|table (?:or \w+ )?out of bounds"
                   r"|out of bounds table"),
         ("type", r"null function or function signature mismatch|uninitialized element|indirect call type mismatch"),
         ("zero", r"divide by zero|remainder by zero"),
         ("range", r"divide result unrepresentable|unrepresentable in integer|integer overflow|invalid conversion"),
         ("stack", r"call stack"), ("unreachable", r"unreachable")]


def lines_of(output):
    """Lines of a runner by (mode, module): a list of ("f0 0", outcome, hash)."""
    found = {}
    for line in output.splitlines():
        mode, module, rest = line.split(" ", 2)
        lines = found.setdefault((mode, module), [])
        if rest != "begin":
            what, hash_ = rest.split(" | ")
            function, call, outcome = what.split(" ", 2)
            lines.append((f"{function} {call}", outcome, hash_))
    return found


class Sums:
    """A line of a runner with --sums (Sums.h): what the calls of one function gave."""

    def __init__(self, text):
        numbers, *traps = text.split("|")
        count, returned, self.values, self.states = numbers.split(" ")
        self.count, self.returned = int(count), int(returned)
        self.messages, self.classes = sorted(traps), collections.Counter()
        for trap in traps:
            sum_, message = trap.split(" ", 1)
            kind = trap_class(message)
            self.classes[kind] = (self.classes[kind] + int(sum_, 16)) % (1 << 64)


def sums_of(output):
    """Lines of a runner with --sums by (mode, module): a list of Sums, one for each function."""
    found = {}
    for line in output.splitlines():
        mode, module, rest = line.split(" ", 2)
        lines = found.setdefault((mode, module), [])
        if rest != "begin":
            lines.append(Sums(rest.split(" ", 1)[1]))
    return found


def same_sums(sums, module, modes):
    """Whether all modes and Node.js did the same, by their sums."""
    wanted, exact = sums[("node", module)], sums.get((modes[0], module), [])
    for mode in modes:
        found = sums.get((mode, module), [])
        if len(found) != len(wanted):
            return False
        for expected, first, ours in zip(wanted, exact, found):
            same = (ours.count, ours.returned, ours.values, ours.classes) == (expected.count, expected.returned, expected.values, expected.classes)
            if not same or ours.messages != first.messages or ("-strict" in mode and ours.states != expected.states):
                return False
    return True


def trap_class(outcome):
    for kind, pattern in TRAPS:
        if re.search(pattern, outcome):
            return kind
    return outcome


def compare(lines, module, modes):
    """The first difference between the modes for `module`, as text; None if there is none."""
    wanted = lines[("node", module)]
    exact = {}
    for mode in modes:
        found = lines.get((mode, module), [])
        for expected, ours in zip(wanted, found):
            call, outcome, hash_ = ours
            trapped = outcome.startswith("!")
            first = exact.setdefault(call, outcome)
            same = trap_class(outcome) == trap_class(expected[1]) if trapped and expected[1].startswith("!") else outcome == expected[1]
            same = same and first == outcome
            if (not trapped or "-strict" in mode) and hash_ != expected[2]:
                same = False
            if not same:
                return f"{call} {mode}: {outcome} | {hash_}, must be {expected[1]} | {expected[2]} (and as {modes[0]}: {first})"
        if len(found) != len(wanted):
            return f"{mode}: {len(found)} calls of {len(wanted)}: crashed"
    return None
