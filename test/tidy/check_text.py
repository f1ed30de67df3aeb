# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Lines have at most 120 columns and American spelling, as in LLVM. Files that were there before the rule are listed; a
file leaves its list when it keeps the rule, so that the lists only shrink.

  check_text.py             checks
  check_text.py --excuse    writes long-lines.txt anew, to merge a branch that is older than the rule
"""

import pathlib
import re
import sys

from sources import ROOT, TEXT, tracked_files

MAX_COLUMNS = 120
# Files with longer lines. Documents are wrapped by their readers' windows, and C++ is formatted at 100 columns.
LONG_LINES = pathlib.Path(__file__).with_name("long-lines.txt")
UNWRAPPED = (".md", ".json")

BRITISH = re.compile(
    r"behaviours?|colou?rs?(?<!color)(?<!colors)|neighbour\w*|favour\w*|honour\w*|labell\w+|cancell(?:ed|ing)|"
    r"modell\w+|travell\w+|signall\w+|centre\w*|defence|licence|analys(?:ed|ing|er)|catalogue|grey|judgement|"
    r"(?:capital|categor|custom|final|general|initial|legal|local|material|maxim|memor|minim|modern|normal|optim|organ|"
    r"parallel|polymorph|priorit|random|real|recogn|scalar|serial|special|standard|summar|symbol|synchron|util|vector|"
    r"virtual|visual)is(?:e|ed|es|er|ers|ing|ation|ations)", re.IGNORECASE)
BRITISH_FILES: set[str] = set()
# A line of a comment; one whose sentence may end there; one that continues a sentence. Lines that people or the
# formatter wrap are longer.
COMMENT = re.compile(r"^\s*(?P<mark>//[/!]?) {1,2}(?P<text>\S.*)$")
FINISHED = re.compile(r"[^\w\s-]$")
NEXT = re.compile(r"[a-z]")
SHORT_COLUMNS = 88
WORD = re.compile(r"[A-Z]?[a-z]+")


def british_words(text: str) -> set[str]:
    return {word for word in WORD.findall(text) if BRITISH.fullmatch(word)}


def wrong_spelling(texts: dict[str, str]) -> list[str]:
    wrong = []
    for path, text in texts.items():
        words = set() if path == "test/tidy/check_text.py" else british_words(text)
        if words and path not in BRITISH_FILES:
            wrong.append(f"{path}: British spelling: {', '.join(sorted(words))}")
        if not words and path in BRITISH_FILES:
            wrong.append(f"{path}: spells as it should, and leaves BRITISH_FILES in test/tidy/check_text.py")
    return wrong


def has_long_line(text: str) -> bool:
    return any(len(line) > MAX_COLUMNS for line in text.split("\n"))


def wrong_columns(texts: dict[str, str]) -> list[str]:
    wrong = []
    excused = set(LONG_LINES.read_text().split())
    for path, text in texts.items():
        if path.endswith(UNWRAPPED):
            continue
        long = [number for number, line in enumerate(text.split("\n"), 1) if len(line) > MAX_COLUMNS]
        if long and path not in excused:
            wrong.append(f"{path}:{long[0]}: has more than {MAX_COLUMNS} columns")
        if not long and path in excused:
            wrong.append(f"{path}: has no long line any more, and leaves test/tidy/long-lines.txt")
    return wrong + [f"{path}: is in test/tidy/long-lines.txt, and not there" for path in sorted(excused - set(texts))]


def broken_comments(text: str) -> list[int]:
    """Lines of comments that the formatter has broken, of which it makes a short line in the midst of a sentence."""
    lines = text.split("\n")
    broken = []
    for number, (line, following) in enumerate(zip(lines, lines[1:]), 1):
        parts, next_parts = COMMENT.match(line), COMMENT.match(following)
        if (parts and next_parts and parts["mark"] == next_parts["mark"] and NEXT.match(next_parts["text"])
                and not FINISHED.search(line) and len(line) + 1 + len(next_parts["text"].split()[0]) <= SHORT_COLUMNS):
            broken.append(number)
    return broken


def wrong_comments(texts: dict[str, str]) -> list[str]:
    return [f"{path}:{number}: the formatter has broken this comment; wrap it by hand" for path, text in texts.items()
            if path.endswith((".cpp", ".h", ".hpp")) for number in broken_comments(text)]


def main() -> None:
    assert broken_comments("/// This thread\n/// at a time.\n// Yes:\n// it is.\n// (x\n// (y\n") == [1]
    excuses = sys.argv[1:] == ["--excuse"]
    assert british_words("initialised vectorise Neighbours") and not british_words("otherwise raises analyses size")
    texts = {path: (ROOT / path).read_text(errors="replace") for path in tracked_files() if path.endswith(TEXT)}
    if excuses:
        long = [path for path, text in texts.items() if not path.endswith(UNWRAPPED) and has_long_line(text)]
        LONG_LINES.write_text("".join(f"{path}\n" for path in sorted(long)))
    wrong = wrong_spelling(texts) + wrong_columns(texts) + wrong_comments(texts)
    print("\n".join(wrong) or f"{len(texts)} files")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
