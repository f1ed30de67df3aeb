# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs small inputs that lie beside the checkout, if they do: each once showed a mistake. What each must do is in the
tables below; what is not said there must be the same at every level and in every mode. Skipped (status 77) where there
are none.

    run_cases.py --wasm2native build/release/bin/wasm2native --cases ../shared/cases --work FOLDER [--only PART]
"""

import argparse
import itertools
import json
import pathlib
import subprocess
import sys
from typing import NamedTuple

from harness import fail, run, text_of

SKIPPED, LATE, TRAPPED = 77, 124, 134
LEVELS = ("-O0", "-O1", "-O2", "-O3", "-Os")
MODES = ((), ("--bounds-checks=explicit",), ("--strict-trap-state",),
         ("--bounds-checks=explicit", "--speculation-masks=all"))
REFERENCE = ("-O0", "--bounds-checks=explicit")
OUTSIDE = "trap: out of bounds memory access"
# Next to where something ends: memories, pages, reservations.
PLACES = (0, 1, 7, 16, 44, 60000, 65535, 65536, 100000, 131071, 0x7FFFFFFF, -0xEFFF, -65536, -16, -1)


class Expected(NamedTuple):
    module: str
    export: str
    arguments: tuple[int, ...]
    text: str


EXPECTED = (
    Expected("names/names1.wasm", "f", (5,), "1"),
    *(Expected("names/n_a.wasm", f"f{i}", (), str(i)) for i in range(6)),
    Expected("sandbox/escape_dse.wat", "w", (-0xEFFF, 7), OUTSIDE),
    Expected("sandbox/escape_dse.wat", "r", (-0xEFFF,), OUTSIDE),
    Expected("sandbox/memset_down.wat", "fill", (0, 0x7FFFFFFF), OUTSIDE),
    Expected("traps/lost_trap_search.wat", "t", (60000, 100000), OUTSIDE),
    Expected("wrong-code/reroll_same_counter.wat", "t", (16, 8), "1"),
    Expected("wrong-code/reroll_same_counter.wat", "t", (44, 8), "2"),
    *(Expected("wrong-code/memory64-atomic-wrap.wat", export, (-256,), OUTSIDE) for export in ("notify", "wait32")),
)

# Differences that are documented: NaNs by level, and memory after a trap.
MAY_DIFFER = ("nan1", "state-after-trap")
HOST_ONLY = ("host", "limits", "wasi", "features")


def to_binary(path: pathlib.Path, work: pathlib.Path) -> pathlib.Path:
    if path.suffix == ".wasm":
        return path
    binary = work / f"{path.parent.name}-{path.stem}.wasm"
    subprocess.run(["wat2wasm", "--enable-all", "--debug-names", path, "-o", binary], check=True)
    return binary


def exports_of(artifact: pathlib.Path, command: pathlib.Path) -> dict[str, list[str]]:
    """The types of the parameters of each function that is exported."""
    shown = subprocess.run([command, "inspect", "--json", artifact], check=True, capture_output=True).stdout
    functions = [export for export in json.loads(shown)["exports"] if export["kind"] == "func"]
    return {function["name"]: function["type"].split("]")[0].strip("[").split() for function in functions}


def arguments_for(types: list[str], most: int) -> list[tuple[int, ...]]:
    combinations = list(itertools.product(PLACES, repeat=len(types)))
    # A step that has no factor in common with the number of places, so that each occurs in each position.
    return [combinations[i * 97 % len(combinations)] for i in range(min(most, len(combinations)))]


def outcome_of(command: pathlib.Path, artifact: pathlib.Path, export: str, arguments: tuple[int, ...],
               seconds: int) -> str | None:
    """The text that the call printed, or the trap; none if it takes too long."""
    done = run([str(command), "run", "--timeout", f"{seconds}s", "--invoke", export, str(artifact), "--",
                *map(str, arguments)])
    errors = text_of(done.errors)
    if done.status == LATE:
        return None
    if done.status not in (0, TRAPPED) or "sandbox violation" in errors:
        fail(f"{artifact.name} {export} {arguments}: status {done.status}\n{errors}")
    if done.status == 0:
        return text_of(done.output).strip()
    return "trap: " + errors.split("trap: ", 1)[-1].splitlines()[0]


def compile_module(command: pathlib.Path, module: pathlib.Path, options: tuple[str, ...],
                   work: pathlib.Path) -> pathlib.Path:
    artifact = work / f"{module.stem}{''.join(options).replace('=', '-')}.so"
    subprocess.run([command, "compile", "--max-compile-time", "60s", *options, module, "-o", artifact], check=True)
    return artifact


def check_module(command: pathlib.Path, path: pathlib.Path, name: str, work: pathlib.Path, most: int) -> int:
    """Compares every mode with the reference; the number of calls."""
    module = to_binary(path, work)
    reference = compile_module(command, module, REFERENCE, work)
    calls = [(export, arguments) for export, types in exports_of(reference, command).items()
             if all(type_ in ("i32", "i64") for type_ in types) for arguments in arguments_for(types, most)]
    outcomes = {call: outcome_of(command, reference, *call, 1) for call in calls}
    wanted = {call: text for call, text in outcomes.items() if text is not None}
    wanted |= {(row.export, row.arguments): row.text for row in EXPECTED if row.module == name}
    for level, mode in itertools.product(LEVELS, MODES):
        artifact = compile_module(command, module, (level, *mode), work)
        for call, text in wanted.items():
            found = outcome_of(command, artifact, *call, 30)
            if found != text:
                fail(f"{name} {' '.join((level, *mode))}: {call} is '{found}', not '{text}'")
    return len(wanted) * len(LEVELS) * len(MODES)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--wasm2native", required=True, type=pathlib.Path)
    parser.add_argument("--cases", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--calls", type=int, default=8, help="of each export, besides those that are written down")
    options = parser.parse_args()
    if not options.cases.is_dir():
        sys.exit(SKIPPED)
    options.work.mkdir(parents=True, exist_ok=True)
    for path in sorted(options.cases.glob("*/*")):
        name = f"{path.parent.name}/{path.name}"
        if (path.suffix not in (".wat", ".wasm") or path.parent.name in HOST_ONLY or options.only not in name
                or path.stem.startswith(MAY_DIFFER)):
            continue
        calls = check_module(options.wasm2native.absolute(), path, name, options.work, options.calls)
        print(f"{name}: {calls} calls", flush=True)


if __name__ == "__main__":
    main()
