#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Puts the spec runner's results of several builds side by side, as Markdown: a row for each mode, a column for each build,
from the logs that ctest keeps.

usage: matrix.py BUILD_DIRECTORY...

A cell has the commands that passed and those that failed (test/spec/not-yet-passing.txt says which are expected to), and
in how many scripts. Ends with status 1 if a script ended without a result.
"""
import pathlib
import sys

import totals


def read_build(directory):
    """The total of each mode."""
    log = pathlib.Path(directory) / "Testing" / "Temporary" / "LastTest.log"
    modes = {}
    with open(log, encoding="utf-8", errors="replace") as lines:
        for name, result in totals.read_results(lines):
            # Scripts that are run once more, metered, would count twice.
            if (test := totals.SPEC.match(name)) and not name.startswith("spec/fuel/"):
                modes.setdefault(test["mode"], totals.Total()).add(name, result)
    return modes


def cell(total):
    return f"{total.cell()} in {total.scripts}" if total else "-"


def main():
    directories = sys.argv[1:]
    if not directories:
        sys.exit(__doc__)
    try:
        builds = [read_build(directory) for directory in directories]
    except OSError as error:
        sys.exit(f"matrix.py: {error}")
    print("| passed / failed | " + " | ".join(pathlib.Path(directory).name for directory in directories) + " |")
    print("| --- |" + " ---: |" * len(directories))
    for mode in sorted({mode for build in builds for mode in build}):
        print(f"| {mode} | " + " | ".join(cell(build.get(mode)) for build in builds) + " |")
    without = [f"{directory}: {name}" for directory, build in zip(directories, builds)
               for total in build.values() for name in total.without_result]
    for name in without:
        print(f"\nwithout a result: {name}")
    sys.exit(bool(without))


if __name__ == "__main__":
    main()
