# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Every source says its license in its first line, or in its second where the first says what runs it.

  check_license.py          checks
  check_license.py --write  writes the line where it is missing
"""

import sys

from sources import ROOT, tracked_files

LICENSE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
# The beginning of a comment, by how a file's name ends.
COMMENTS = {
    "//": (".cpp", ".h", ".hpp", ".c", ".def", ".S", ".S.in", ".mjs", ".rs", ".go"),
    "#": (".py", ".sh", ".cmake", ".cmake.in", ".py.in", ".pl", ".s", "CMakeLists.txt"),
}


def license_line(path: str) -> str | None:
    """None if the file is no source."""
    for comment, endings in COMMENTS.items():
        if path.endswith(endings):
            return f"{comment} {LICENSE}"
    return None


def with_license(text: str, line: str) -> str:
    shebang, rest = "", text
    if text.startswith("#!"):
        shebang, _, rest = text.partition("\n")
        shebang += "\n"
    blank = "" if rest.startswith("\n") else "\n"
    return f"{shebang}{line}\n{blank}{rest}"


def main() -> None:
    wrong = []
    for path in tracked_files():
        line = license_line(path)
        text = (ROOT / path).read_text(errors="replace") if line else ""
        if not line or line in text.split("\n", 2)[:2]:
            continue
        if sys.argv[1:] == ["--write"]:
            (ROOT / path).write_text(with_license(text, line))
        else:
            wrong.append(f"{path}: does not say its license: {line}")
    print("\n".join(wrong) or "every source says its license")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
