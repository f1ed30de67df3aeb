# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Comments and docstrings begin with their subject: "The name of X", not "What X is called" or "Of X, the name". Looks
at the first line of each; in the midst of a comment a sentence is judged by its readers.
"""

import re
import sys

from sources import ROOT, tracked_files

# Beginnings without a subject.
HEADLESS = r"(?:What|Of|Where|Whose|Who|Those|That) "
# The sign of a comment, by how the names of files end.
SIGNS = (
    ((".cpp", ".h", ".hpp", ".def", ".c", ".S", ".in", ".mjs", ".rs", ".go", ".wit", ".map"),
     re.compile(r"\s*(?://[/!]?<?|/\*\*?|\*(?= )) ?")),
    ((".py", ".sh", ".cmake", ".cmake.in", ".py.in", ".txt", ".test"), re.compile(r"\s*# ?")),
    ((".py",), re.compile(r'\s*"""')),
    ((".wat", ".wast", ".ll"), re.compile(r"\s*;;? ?")),
)


def headless_comments(text: str, path: str) -> list[int]:
    """The lines at which they begin."""
    lines = ["", *text.split("\n")]
    found = set()
    for ends, sign in SIGNS:
        if path.endswith(ends):
            first = re.compile(sign.pattern + HEADLESS)
            found |= {number for number, line in enumerate(lines)
                      if first.match(line) and not sign.match(lines[number - 1])}
    return sorted(found)


def test() -> None:
    cases = {
        "a.cpp": ("// What it is.\n// Of it.\nint x; // Of y\n// A z.\n// What.\n", [1]),
        "b.h": ("  ///< Of it.\nint y;\n  /** Where it is.\n   * What it is. */\n", [1, 3]),
        "c.def": ("// Whatever it is.\n\n// Offsets.\n\n//   What\n", []),
        "d.py": ('x = 1\n# Those.\n\n# Those of x.\ndef f():\n    """Of y."""\n    # What z is.\n', [4, 6, 7]),
        "e.wat": ("(module)\n  ;; That which is.\n;; What is.\n", [2]),
        "f.md": ("# What is different\n", []),
    }
    for path, (text, expected) in cases.items():
        assert headless_comments(text, path) == expected, path


def main() -> None:
    test()
    texts = {path: (ROOT / path).read_text(errors="replace") for path in tracked_files()
             if path.endswith(tuple(end for ends, _ in SIGNS for end in ends))}
    wrong = [f"{path}:{number}: the comment begins without its subject" for path, text in texts.items()
             for number in headless_comments(text, path)]
    print("\n".join(wrong) or f"{len(texts)} files")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
