# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Compares the table of passes with what is made from it and what belongs to each row: page, files and tests."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.append(str(ROOT / "utils"))

from document_passes import PAGE, PROOFS, TABLE, Pass, page, passes


def name_in_text(name: str) -> str:
    return "w2n-" + re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()


def wrong_in_row(row: Pass) -> list[str]:
    wrong = []
    if row.text != name_in_text(row.name):
        wrong.append(f"{row.name} is called {row.text}, must be {name_in_text(row.name)}")
    if row.proof not in PROOFS:
        wrong.append(f"{row.name} has the proof {row.proof}, must be one of {', '.join(PROOFS)}")
    test = ROOT / f"test/lit/passes/{row.text.removeprefix('w2n-')}.ll"
    for path in (ROOT / f"compiler/passes/{row.file}.h", ROOT / f"compiler/passes/{row.file}.cpp", test):
        if not path.exists():
            wrong.append(f"{row.name} has no {path.relative_to(ROOT)}")
    if test.exists() and f"passes={row.text}" not in test.read_text() and f",{row.text}" not in test.read_text():
        wrong.append(f"{test.relative_to(ROOT)} does not run {row.text}")
    return wrong


def main() -> None:
    rows = passes()
    wrong = [each for row in rows for each in wrong_in_row(row)]
    # A row that the page's reader overlooks would be missed by every check above.
    if len(rows) != len(re.findall(r"^W2N_(?:MODULE_)?PASS\(", TABLE.read_text(), re.MULTILINE)):
        wrong.append("not every row of Passes.def is understood")
    pipeline = (ROOT / "compiler/codegen/Pipeline.cpp").read_text()
    for row in rows:
        if f"OwnPass::{row.name})" not in pipeline and row.name != "InlineCalls":
            wrong.append(f"no pipeline has {row.name}")
    if "inlineCalls(" not in pipeline:
        wrong.append("no pipeline has InlineCalls")
    tests = {test.stem for test in (ROOT / "test/lit/passes").glob("*.ll")}
    for test in sorted(tests - {row.text.removeprefix("w2n-") for row in rows}):
        wrong.append(f"test/lit/passes/{test}.ll is of no row")
    if not PAGE.exists() or PAGE.read_text() != page():
        wrong.append(f"{PAGE.relative_to(ROOT)} is not what utils/document_passes.py makes of the table")
    print("\n".join(wrong) or f"{len(rows)} passes")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
