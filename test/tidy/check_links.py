# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Links between documents lead to files that exist, and to headings that those have."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def documents() -> list[pathlib.Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def anchor(heading: str) -> str:
    """As sites for repositories make it: a link counts by its text, marks and punctuation are left out."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def anchors(document: pathlib.Path) -> set[str]:
    return {anchor(heading) for heading in HEADING.findall(document.read_text())}


def wrong_link(source: pathlib.Path, link: str) -> str | None:
    if re.match(r"[a-z]+:", link):
        return None
    name, _, heading = link.partition("#")
    target = (source.parent / name).resolve() if name else source
    if not target.exists():
        return "does not exist"
    return "has no such heading" if heading and heading not in anchors(target) else None


def main() -> None:
    assert anchor("The `host`'s memory: [limits](x.md)") == "the-hosts-memory-limits"
    wrong, found = [], 0
    for document in documents():
        for link in LINK.findall(document.read_text()):
            found += 1
            if fault := wrong_link(document, link):
                wrong.append(f"{document.relative_to(ROOT)}: {link} {fault}")
    assert found > 100
    print("\n".join(wrong) or f"{found} links")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
