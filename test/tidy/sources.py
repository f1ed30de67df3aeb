# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The files that the checks of this folder look at."""

import functools
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXT = (".cpp", ".h", ".hpp", ".def", ".c", ".S", ".py", ".md", ".txt", ".cmake", ".sh", ".wat", ".ll", ".test", ".mjs",
        ".in", ".json", ".map")
# Files that others wrote, and data of tests.
OTHERS = ("test/spec/suite/",)
SKIPPED = 77  # for ctest


@functools.cache
def tracked_files() -> list[str]:
    """Ends the check if this is no repository: a copy of the sources has other files beside them."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True)
    if listed.returncode != 0:
        print("not in a repository")
        sys.exit(SKIPPED)
    return [path for path in listed.stdout.split("\0")
            if path and not path.startswith(OTHERS) and os.path.isfile(ROOT / path)]
