# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Python has no unused or unknown names (pyflakes), and is formatted as PEP 8 says (pycodestyle), one import a line."""

import ast
import shutil
import subprocess
import sys

from sources import ROOT, SKIPPED, tracked_files

# lit gives these `config` and `lit_config`; guests' programs are tests of Python itself.
OTHERS = ("test/lit/lit.cfg.py", "test/programs/cpython/")
# Lines are measured by check_text.py; operators may stand at either end of a broken line; some programs extend the path
# before they import; rows of small functions are tables.
UNCHECKED = "E501,W503,W504,E402,E704"


def is_excused(finding: str) -> bool:
    """Whether the line that `finding` is about says that it imports for others."""
    path, line, *_ = finding.split(":")
    return line.isdigit() and "# noqa: F401" in (ROOT / path).read_text().splitlines()[int(line) - 1]


def joined_imports(path: str) -> list[str]:
    tree = ast.parse((ROOT / path).read_text(), path)
    return [f"{path}:{node.lineno}: imports several modules" for node in ast.walk(tree)
            if isinstance(node, ast.Import) and len(node.names) > 1]


def main() -> None:
    if missing := [tool for tool in ("pyflakes3", "pycodestyle") if not shutil.which(tool)]:
        print(f"{', '.join(missing)}: not there")
        sys.exit(SKIPPED)
    paths = [path for path in tracked_files() if path.endswith(".py") and not path.startswith(OTHERS)]
    result = subprocess.run(["pyflakes3", *paths], cwd=ROOT, capture_output=True, text=True)
    wrong = [line for line in (result.stdout + result.stderr).splitlines() if not is_excused(line)]
    wrong += [line for path in paths for line in joined_imports(path)]
    style = subprocess.run(["pycodestyle", f"--ignore={UNCHECKED}", *paths], cwd=ROOT, capture_output=True, text=True)
    wrong += (style.stdout + style.stderr).splitlines()
    print("\n".join(wrong) or f"{len(paths)} files")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
