# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Words have one meaning (docs/internals/glossary.md): where one had several, the others have words of their own."""

import re
import sys

from sources import ROOT, TEXT, tracked_files

# Words that are not to be written, and why.
RETIRED = (
    (r"\b[mM]ost[A-Z]\w*", "a limit is max*"),
    (r"\b(?:CPU|processor) levels?\b|\bcpuLevel\w*|\bLevelRecord\b|\blevels? of (?:an|the) artifact\b",
     "code for one processor among several is a slice; a level is an optimization level"),
    (r"\b(?:RISC-V|RVA\d+\w*) profiles?\b|\bprofiles? RVA",
     "named processor features are a feature set; a profile has counts"),
    (r"\btail bod(?:y|ies)\b|\bbod(?:y|ies) for tail calls\b|\bhasBody\b", "tail calls jump to a tail entry"),
)
PATTERNS = [(re.compile(pattern), advice) for pattern, advice in RETIRED]


def findings(text: str) -> list[tuple[int, str, str]]:
    return [(number, match[0], advice) for number, line in enumerate(text.split("\n"), 1)
            for pattern, advice in PATTERNS for match in pattern.finditer(line)]


def main() -> None:
    found = findings("mostBytes, the CPU level\nalmostAll --cpu-level")
    assert [word for _, word, _ in found] == ["mostBytes", "CPU level"]
    texts = {path: (ROOT / path).read_text(errors="replace") for path in tracked_files()
             if path.endswith(TEXT) and path not in ("test/tidy/check_words.py", "CHANGELOG.md")}
    wrong = [f"{path}:{number}: {word}: {advice}" for path, text in texts.items()
             for number, word, advice in findings(text)]
    print("\n".join(wrong) or f"{len(texts)} files")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
