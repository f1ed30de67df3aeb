# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Makes docs/internals/passes.md of compiler/passes/Passes.def.

  document_passes.py          prints the page
  document_passes.py --write  writes it
"""

import argparse
import ast
import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
TABLE = ROOT / "compiler/passes/Passes.def"
PAGE = ROOT / "docs/internals/passes.md"

PROOFS = {
    "Validated": "each application is undone by other code and compared",
    "Proven": "proven by machine",
    "Fuzzed": "a written invariant and a fuzzer",
    "Hint": "changes no instruction",
}

HEAD = """<!-- Made from compiler/passes/Passes.def: change that, then run utils/document_passes.py --write. -->

# Passes of the compiler

The compiler runs LLVM's passes and its own over each function; `compiler/codegen/Pipeline.cpp` has the pipelines of
each level. This page lists its own, in the order in which `-O2` and `-O3` run them. No pass may change what a function
does, traps included, also where LLVM reorders accesses afterwards. And no pass has to be right for the sandbox to hold:
`w2n-contain-accesses` enforces that at the end.

| pass | what it buys | proof |
| --- | --- | --- |
"""

RUN = """
## Running one alone

`w2n-opt` runs passes on LLVM IR as LLVM's `opt` does, and knows the names above beside LLVM's. It is built in
`build/*/bin` and not installed.

```
wasm2native compile -O2 --stop-after=lower module.wasm -o - |
  w2n-opt "-passes=loop-simplify,lcssa,w2n-widen-addresses" -
```

| option | |
| --- | --- |
| `-passes=` | passes, in the syntax of `opt`, such as `function(w2n-pin-dead-loops,loop(loop-deletion))` |
| `--verify-each` | run the checks below after each pass |
| `-o FILE` | write to a file instead of standard output |
| `--list-passes` | print the names, in order |
| `--pass-counts FILE` | append how often passes took each way; the environment may name the file as `W2N_PASS_COUNTS` |

LLVM's own options, such as `-print-after-all`, work too. Each pass has a test of the same name in `test/lit/passes`,
with what it does and near misses that it must leave alone.

## Checks while the compiler runs

The preset `checking` builds a compiler with assertions that checks after each pass, LLVM's too, that LLVM's verifier
accepts the function, and that no guest load that must trap (volatile, or named by an assumption) was deleted without
another value in its place (`compiler/passes/CheckPasses.h`). It stops at the first mistake and names the pass.

```
cmake --preset checking && cmake --build --preset checking
ctest --preset checking -R '^lit$|^spec/.*/O3-guard'
```

Numbers of loads before and after a pass are not compared: passes merge loads and copy them with their loops. Loads that
go with a deleted block are not watched: whether it could be reached is what LLVM's passes decide, and what the
differential fuzzer compares.

## What tests reach

Each pass counts what it accepts, and why it leaves something alone: the rows of `compiler/passes/PassCounts.def`. The
test `lit/pass-coverage` sums up the tests of passes and fails if a way is never taken. For generated modules as well:

```
utils/pass_coverage.py --count 100 --all
```

## Adding one

A row in `compiler/passes/Passes.def`, its ways in `PassCounts.def`, a header and a source in `compiler/passes/`, and a
test in `test/lit/passes`; the row's name is the test's. `compiler/codegen/Pipeline.cpp` says where it runs.
`ctest -R tidy` compares this page, the table and the tests.
"""


@dataclasses.dataclass
class Pass:
    name: str
    text: str
    proof: str
    file: str
    buys: str
    exact: str
    order: str
    evidence: str


def arguments(row: str) -> list[str]:
    """The arguments of a macro: neither commas in parentheses nor those in strings end one."""
    found, depth, current = [], 0, ""
    for piece in re.findall(r'"(?:[^"\\]|\\.)*"|[^"]', row):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and depth == 0:
            found.append(current.strip())
            current = ""
        else:
            current += piece
    return [*found, current.strip()]


def passes() -> list[Pass]:
    found = []
    for row in re.findall(r"^W2N_(?:MODULE_)?PASS\((.*?\")\)$", TABLE.read_text(), re.MULTILINE | re.DOTALL):
        name, text, _, proof, *strings = arguments(row)
        # Adjacent strings are one, in C++ as in Python.
        found.append(Pass(name, ast.literal_eval(text), proof, *(ast.literal_eval(f"({each})") for each in strings)))
    return found


def page() -> str:
    text = HEAD
    for each in passes():
        text += f"| [`{each.text}`](#{each.text}) | {each.buys} | {PROOFS[each.proof]} |\n"
    for each in passes():
        text += f"\n## {each.text}\n\n"
        test = each.text.removeprefix("w2n-")
        text += f"`compiler/passes/{each.file}.cpp`, tested by `test/lit/passes/{test}.ll`.\n\n"
        text += f"- **Buys**: {each.buys}\n- **Exact**: {each.exact}\n- **Order**: {each.order}\n"
        text += f"- **Proof**: {PROOFS[each.proof]}. {each.evidence}\n"
    return text + RUN


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page())
    else:
        print(page(), end="")


if __name__ == "__main__":
    main()
