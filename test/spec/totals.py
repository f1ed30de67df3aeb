#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Sums up the spec runner's results by folder of scripts, from the log that ctest keeps.

usage: totals.py BUILD_DIRECTORY

For each folder and mode: the commands that passed and those that failed (test/spec/not-yet-passing.txt says which are
expected to). Ends with status 1 if a script ended without a result, that is, crashed or ran out of time.
"""
import collections
import pathlib
import re
import sys

TEST = re.compile(r"^\d+/\d+ Testing: (?P<name>.*)$")
SPEC = re.compile(r"^spec/(?P<folder>.*)/(?P<script>[^/]+)/(?P<mode>O\d-\w+)$")
RESULT = re.compile(r"^(?P<passed>\d+) passed, (?P<failed>\d+) failed, ")


class Total:
    def __init__(self):
        self.scripts = self.passed = self.failed = 0
        self.without_result = []

    def add(self, name, result):
        self.scripts += 1
        if result:
            self.passed += result[0]
            self.failed += result[1]
        else:
            self.without_result.append(name)

    def cell(self):
        return f"{self.passed:,} / {self.failed:,}" if self.scripts else "-"


def read_results(log):
    """Yields the name of each test and its (passed, failed), None if it printed none."""
    name, result = None, None
    for line in log:
        if test := TEST.match(line):
            if name:
                yield name, result
            name, result = test["name"], None
        elif found := RESULT.match(line):
            result = int(found["passed"]), int(found["failed"])
    if name:
        yield name, result


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    path = pathlib.Path(sys.argv[1]) / "Testing" / "Temporary" / "LastTest.log"
    totals = collections.defaultdict(Total)
    folders, modes = set(), set()
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            for name, result in read_results(log):
                if test := SPEC.match(name):
                    folders.add(test["folder"])
                    modes.add(test["mode"])
                    totals[test["folder"], test["mode"]].add(name, result)
                    totals["all", test["mode"]].add(name, result)
    except OSError as error:
        sys.exit(f"totals.py: {error}")
    if not modes:
        print("no script of the test suite was run")
        return

    header = ["passed / failed", "scripts", *sorted(modes)]
    rows = [
        [folder, str(max(totals[folder, mode].scripts for mode in modes))]
        + [totals[folder, mode].cell() for mode in sorted(modes)]
        for folder in [*sorted(folders), "all"]
    ]
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    for row in [header, *rows]:
        cells = [row[0].ljust(widths[0])] + [text.rjust(width) for text, width in zip(row[1:], widths[1:])]
        print("  ".join(cells))
    without = [name for mode in sorted(modes) for name in totals["all", mode].without_result]
    for name in without:
        print(f"without a result: {name}")
    sys.exit(bool(without))


if __name__ == "__main__":
    main()
