#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Counts the ways that the compiler's passes take in tests (compiler/passes/PassCounts.def).

    utils/pass_coverage.py [--build build/release] [--count 20] [--first 0] [--modes O3,O2-native] [--all]

Runs the lit tests of passes, compiles modules of utils/fuzz/differential, and sums up. Fails if a way was never taken,
or if a pass has no way that accepts or none that rejects. Without --all it prints only what fails, and what no
generated module reaches.
"""

import argparse
import collections
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.dont_write_bytecode = True
sys.path.append(str(ROOT / "utils/fuzz/differential"))
from generate import generate  # noqa: E402


class Way(NamedTuple):
    pass_: str
    name: str
    kind: str
    text: str


def sum_up(output):
    """How often each way was taken: lines of passCountsText, of any number of processes."""
    counts = collections.Counter()
    for line in output.splitlines():
        pass_, name, kind, count, text = line.split(" ", 4)
        counts[Way(pass_, name, kind, text)] += int(count)
    return counts


def in_lit_tests(options, folder):
    counts = folder / "counts"
    counts.touch()
    command = [options.lit, "-q", options.build / "test/lit/passes"]
    done = subprocess.run(command, env=os.environ | {"W2N_PASS_COUNTS": str(counts)}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"the lit tests of passes fail:\n{done.stdout}{done.stderr}")
    return sum_up(counts.read_text())


def in_generated_modules(options, folder):
    names = []
    for seed in range(options.first, options.first + options.count):
        names.append(f"{seed}.wasm")
        (folder / names[-1]).write_bytes(generate(seed).encode())
    (folder / "calls").write_text("0 0\n")
    command = [(options.build / "bin/w2nDifferentialRunner").resolve(), "--pass-counts", "calls", options.modes, *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command[0]} fails: {done.stderr}")
    return sum_up(done.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--count", type=int, default=20, help="of generated modules; 0 for none")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--lit", default="/usr/lib/llvm-22/bin/lit")
    parser.add_argument("--modes", default="O3,O2-native")
    parser.add_argument("--all", action="store_true", help="print all ways")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        tested = in_lit_tests(options, pathlib.Path(name))
        generated = in_generated_modules(options, pathlib.Path(name)) if options.count else collections.Counter()
    wrong = []
    for way in tested:
        if tested[way] + generated[way] == 0:
            wrong.append(f"{way.pass_}: {way.name} is never taken: {way.text}")
        if options.all or (options.count and generated[way] == 0):
            print(f"{way.pass_:26} {way.name:18} {way.kind} {tested[way]:8} in tests {generated[way]:8} in modules  "
                  f"{way.text}")
    kinds = collections.defaultdict(set)
    for way in tested:
        kinds[way.pass_].add(way.kind)
    wrong += [f"{pass_} has no way that {kind}" for pass_, found in kinds.items()
              for kind in ("accepts", "rejects") if kind not in found]
    untested = sum(count == 0 for count in tested.values())
    print(f"{len(tested)} ways of {len(kinds)} passes, {untested} not in tests, {len(wrong)} mistakes")
    print("\n".join(wrong))
    sys.exit(bool(wrong) or not tested)


if __name__ == "__main__":
    main()
