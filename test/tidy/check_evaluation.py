# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The compiler makes the same code whichever compiler has compiled it: no two arguments of one call make instructions,
because C++ leaves the order of arguments to its implementation (expr.call), and GCC and Clang differ.

A call makes instructions if it is one of an IRBuilder, or of a function or local lambda of ours that may use one.
"""

import re
import sys

from sources import ROOT, tracked_files

# Functions that return one of these may have made it.
MADE = r"(?:Value|Instruction|LoadInst|CallInst|CallBase|PHINode|BasicBlock)"
DECLARED = re.compile(r"\b" + MADE + r" \*(?:const )?(?:\w+::)*(\w+)\(")
LAMBDA = re.compile(r"\bauto (\w+) = \[&?[\w, =&]*\]\([^()]*\)[^{;]*\{([^{}]*)\}")
BUILDS = re.compile(r"\b\w+(?:\.|->)Create\w+\(")
# Declared as the others, but they only look something up, or make what has no place among instructions.
PURE = {"argument", "bodyFunction", "closedTable", "count", "function", "getArg", "getOperand", "makeBlock",
        "tailFunction", "valueOr"}
CALL = re.compile(r"([\w>])\(")
NAME = re.compile(r"\b([A-Za-z_]\w*)\(")


def arguments(text: str, begin: int) -> list[str]:
    """The arguments of the call whose parenthesis is at `begin`."""
    depth, start, found = 0, begin + 1, []
    for at in range(begin, len(text)):
        letter = text[at]
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth == 0:
                return [*found, text[start:at]]
        elif letter == "," and depth == 1:
            found.append(text[start:at])
            start = at + 1
    return []


def plain(text: str) -> str:
    """`text` without comments and what is in literals, at the same places."""
    return re.sub(r"//[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)'", lambda match: " " * len(match[0]), text)


def makes_instructions(argument: str, makers: set[str]) -> bool:
    # A lambda is run when the callee likes.
    if argument.lstrip().startswith("["):
        return False
    return bool(BUILDS.search(argument)) or any(name in makers for name in NAME.findall(argument))


def findings(text: str, makers: set[str]) -> list[int]:
    """Offsets of calls two of whose arguments make instructions."""
    text = plain(text)
    local = makers | {name for name, body in LAMBDA.findall(text) if makes_instructions(body, makers)}
    return [match.start() for match in CALL.finditer(text)
            if sum(makes_instructions(argument, local) for argument in arguments(text, match.end() - 1)) > 1]


def main() -> None:
    sample = "f(b.CreateAdd(x, y), 1); f(b.CreateAdd(x, y), [&](int) { b.CreateAdd(x, y); }); f(pop(), pop());"
    assert findings(sample, set()) == [] and len(findings(sample, {"pop"})) == 1
    texts = {path: (ROOT / path).read_text() for path in tracked_files()
             if path.startswith("compiler/") and path.endswith((".cpp", ".h"))}
    makers = {name for text in texts.values() for name in DECLARED.findall(plain(text))} - PURE
    wrong = []
    for path, text in texts.items():
        for at in findings(text, makers):
            line = text.count("\n", 0, at) + 1
            wrong.append(f"{path}:{line}: two arguments make instructions, in an order that C++ does not say; name one")
    print("\n".join(sorted(set(wrong))) or f"{len(texts)} files, {len(makers)} functions that make instructions")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
