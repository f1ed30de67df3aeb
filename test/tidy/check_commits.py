# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Subjects of commits: at most 72 characters, in the imperative, without a period at the end. Older ones stay."""

import re
import subprocess
import sys

from sources import ROOT, SKIPPED

SINCE = "2026-11-29T05:30:00Z"
MAX_LENGTH = 72
# Commits that were merged before they were checked; history is not rewritten.
MERGED = {"e1f7d29189a3b00527fe94766172ad896034b9e7", "aabd78715b91fa7bff5e688a4fe6af251170ac8f"}
# Verbs that look like other forms of verbs.
IMPERATIVES = {"Access", "Address", "Bring", "Bypass", "Compress", "Cross", "Discuss", "Embed", "Express", "Feed",
               "Focus", "Guess", "Miss", "Need", "Pass", "Press", "Process", "Seed", "Speed", "Suppress", "Toss"}


def faults(subject: str) -> list[str]:
    wrong = []
    if len(subject) > MAX_LENGTH:
        wrong.append(f"has {len(subject)} characters, at most are {MAX_LENGTH}")
    if subject.endswith("."):
        wrong.append("ends with a period")
    verb = re.match(r"(?:[\w./-]+: )?([\w-]*)", subject)[1]
    if verb not in IMPERATIVES and re.search(r"(?:ed|ing|[^s]s|ss)$", verb):
        wrong.append(f"does not begin with an imperative: {verb}")
    return wrong


def main() -> None:
    assert not faults("Keep selects") and faults("Added a test") and faults("Adds a test") and faults("x" * 73)
    log = subprocess.run(["git", "-C", str(ROOT), "log", "--no-merges", f"--since={SINCE}", "--format=%H %s"],
                         capture_output=True, text=True)
    if log.returncode != 0:
        print("not in a repository")
        sys.exit(SKIPPED)
    commits = [line.split(" ", 1) for line in log.stdout.splitlines()]
    wrong = [f"{commit[:9]}: '{subject}' {fault}" for commit, subject in commits if commit not in MERGED
             for fault in faults(subject)]
    print("\n".join(wrong) or f"{len(commits)} commits")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
