# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Text: methods, formatting, Unicode, encodings and bytes.
import string
import textwrap
import unicodedata

text = "Straße, naïve café – 日本語 🎉 ﬁ"
print(text, len(text), text.upper(), text.casefold(), text.title(), text[::-1], text.encode("utf-8").hex(" "), sep="\n")
print([unicodedata.name(c, "?") for c in "é日🎉\u0301"], unicodedata.normalize("NFKD", text), unicodedata.category("Ⅷ"))
print(text.encode("utf-16-le")[:12], text.encode("ascii", "xmlcharrefreplace"), text.encode("latin-1", "replace"))
print(
    b"caf\xc3\xa9 \xff".decode("utf-8", "replace"), b"\xff".decode("utf-8", "backslashreplace"), ascii(text),
    repr("\t\x00'\""),
)
for bad in (b"\xc3", b"\xed\xa0\x80", b"\xf8"):
    try:
        bad.decode()
    except UnicodeDecodeError as error:
        print(error)

print(
    "a,b,,c".split(","), " x  y ".split(), "a-b-c".rsplit("-", 1), "key=value=x".partition("="),
    "l1\nl2\r\nl3".splitlines(True),
)
print(
    "spam".center(11, "*"), "42".zfill(6), "xxabcxx".strip("x"), "aXbX".replace("X", "--", 1), "banana".count("an"),
    "banana".rfind("a"),
)
print(
    "prefix-body".removeprefix("prefix-"), "abc".translate(str.maketrans("ab", "xy", "c")), "a\tb".expandtabs(4),
    "Hello".swapcase(),
)
print("%5d|%-8s|%08.3f|%x|%r|%c|%%" % (42, "left", 3.14159, 255, "q", 65))
print("{0:>10}|{name:^12}|{1!r:<8}|{2:+,d}|{3:#x}|{4:b}".format("right", "s", 1234567, 255, 5, name="mid"))
width, value = 12, 3.14159265
print(f"{value:{width}.4f}|{value!s:>{width}}|{value=:.2f}|{'nested ' + f'{width:03d}'}|{10**12:_}|{1e-7:g}")
print(
    string.Template("$who owes ${amount}").substitute(who="Ann", amount=5),
    textwrap.fill("word " * 30, 40, initial_indent="> "), sep="\n",
)

data = bytearray(range(60, 80))
data[3:5] = b"____"
view = memoryview(data)[::2]
print(
    data, bytes(view), data.find(b"_"), b"%d:%s" % (5, b"x"), bytes.fromhex("de ad"), b"abc" < b"abd",
    data.hex("-", 4),
)
print(
    "".join(sorted(set("the quick brown fox"))), "ab" * 3, "b" in "abc", "a" < "B" < "b", max("hello"),
    "é" == "e\u0301",
)
print(
    [s.isdigit() for s in ("12", "²", "x", "")], "ǆ".capitalize(), "İ".lower().encode(), "ΑΣ".lower(),
    chr(0x10FFFF).encode("utf-8"),
)
parts = []
for i in range(20000):
    parts.append(chr(97 + i * i % 26))
joined = "".join(parts)
print(len(joined), joined[1234:1250], joined.count("aba"), hash("fixed seed") == hash("fixed" + " seed"))
