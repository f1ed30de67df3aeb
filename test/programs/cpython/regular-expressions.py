# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# The re module: groups, looks around, flags, substitution, and some work for the matcher.
import re

log = """\
2024-02-29 12:00:01 INFO  server: started on port 8080 (pid 17)
2024-02-29 12:00:07 WARN  disk: /dev/sda1 is 91% full
2024-03-01 00:15:59 ERROR net: connection from 10.0.0.17:5512 lost after 3.5s
2024-03-01 00:16:00 INFO  server: stopped
"""
line = re.compile(r"^(?P<date>\d{4}-\d\d-\d\d) (?P<time>[\d:]+) (?P<level>\w+)\s+(?P<who>\w+): (?P<text>.*)$", re.M)
for match in line.finditer(log):
    print(match.span(), match.groupdict())
print(re.findall(r"\b(\d+)(?:\.(\d+))?(%|s)?", log))
print(re.sub(r"(\d+)-(\d+)-(\d+)", r"\3.\2.\g<1>", log).splitlines()[0])
print(re.sub(r"\d+", lambda match: f"<{int(match[0]) * 2}>", "a1b22c333"), re.subn("x*", "-", "abxd"))
print(re.split(r"([,;])\s*", "a, b;c,d", maxsplit=2), re.split(r"\W+", "Words, words, words."))
print(re.search(r"(?<=from )\d+(?:\.\d+){3}(?=:)", log)[0], re.search(r"(?<!\d)17(?!\d)", log).start())
print(re.fullmatch(r"(a|b)*?c", "ababc").groups(), re.match(r"(.)(.)\2\1", "abba").groups(), re.match("a(?=b)", "ac"))
print(
    re.findall(r"(?i)straße", "STRASSE Straße STRAßE"), re.findall(r"(?s)<.+?>", "<a\nb><c>"),
    re.findall(r"\w+", "naïve 日本 x_1"),
)
print(re.compile(r"""
    (?P<quote>['"])   # opening
    (?P<body>(?:\\.|(?!(?P=quote)).)*)
    (?P=quote)        # the same again
""", re.X).findall(r"""say "it's \"here\"" or 'no'"""))
print(
    re.findall(rb"\x00(.)", b"\x00a\x00b"), re.escape("a.b*c"), re.match(r"(?>a+)b", "aaab")[0],
    re.search(r"(x)?(?(1)y|z)", "az")[0],
)
print(re.match(r"(a*)*b", "a" * 18), len(re.findall(r"(\w)\w*\1", "abcabc level noon " * 500)))
for pattern in ("(", "a**", "[z-a]", r"(?P<n>a)(?P<n>b)", r"\8", "(?<=a*)b"):
    try:
        re.compile(pattern)
    except re.error as error:
        print(pattern, "->", error)
tokens = re.compile(r"\s*(?:(\d+)|(.))")


def evaluate(text):
    items = [(int(number) if number else operator) for number, operator in tokens.findall(text)] + [""]
    position = 0

    def peek():
        return items[position]

    def take():
        nonlocal position
        position += 1
        return items[position - 1]

    def factor():
        item = take()
        if item == "(":
            value = total()
            take()
            return value
        return -factor() if item == "-" else item

    def product():
        value = factor()
        while peek() in ("*", "/"):
            value = value * factor() if take() == "*" else value // factor()
        return value

    def total():
        value = product()
        while peek() in ("+", "-"):
            value = value + product() if take() == "+" else value - product()
        return value

    return total()


print([evaluate(text) for text in ("1+2*3", "(1+2)*-3", "2*(3+4)*(5-6)/2", "((((7))))-100/7")])
