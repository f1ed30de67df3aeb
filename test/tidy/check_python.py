# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Python has no unused or unknown names (pyflakes), and imports one module a line (PEP 8)."""

import ast
import shutil
import subprocess
import sys

from sources import ROOT, SKIPPED, tracked_files

# lit gives these `config` and `lit_config`; guests' programs are tests of Python itself.
OTHERS = ("test/lit/lit.cfg.py", "test/programs/cpython/")


def is_excused(finding: str) -> bool:
    """Whether the line that `finding` is about says that it imports for others."""
    path, line, *_ = finding.split(":")
    return line.isdigit() and "# noqa: F401" in (ROOT / path).read_text().splitlines()[int(line) - 1]


def joined_imports(path: str) -> list[str]:
    tree = ast.parse((ROOT / path).read_text(), path)
    return [f"{path}:{node.lineno}: imports several modules" for node in ast.walk(tree)
            if isinstance(node, ast.Import) and len(node.names) > 1]


def main() -> None:
    if not shutil.which("pyflakes3"):
        print("pyflakes3 is not there")
        sys.exit(SKIPPED)
    paths = [path for path in tracked_files() if path.endswith(".py") and not path.startswith(OTHERS)]
    result = subprocess.run(["pyflakes3", *paths], cwd=ROOT, capture_output=True, text=True)
    wrong = [line for line in (result.stdout + result.stderr).splitlines() if not is_excused(line)]
    wrong += [line for path in paths for line in joined_imports(path)]
    print("\n".join(wrong) or f"{len(paths)} files")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
