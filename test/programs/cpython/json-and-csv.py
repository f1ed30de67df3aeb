# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Documents through json and csv, and back.
import csv
import io
import json

document = {
    "name": "W\u00e4rme \U0001f525",
    "values": [1, -2.5, 1e100, True, None, 10**25],
    "nested": {"empty": [], "deep": [[[{}]]]},
    "escapes": "quote\" slash/ back\\ tab\t nul\0 \u2028",
    "1": {"k": "v"},
}
text = json.dumps(document, sort_keys=True)
print(text)
print(json.dumps(document, indent=2, ensure_ascii=False, separators=(",", ": ")))
assert json.loads(text) == document
print(
    json.loads('[1, 1.0, 1E2, -0, "\\ud83d\\ude00", "\\/", {"a": 1, "a": 2}]'), json.loads("NaN"),
    json.loads("-Infinity"),
)
for bad in ("", "[1,]", '{"a" 1}', "[1 2]", '"\t"', "nul", "01", '{"a": 1} x', '"\\x"'):
    try:
        json.loads(bad)
    except json.JSONDecodeError as error:
        print(repr(bad), "->", error)


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


class Encoder(json.JSONEncoder):
    def default(self, value):
        return {"point": [value.x, value.y]} if isinstance(value, Point) else super().default(value)


encoded = json.dumps([Point(1, 2), (3, 4)], cls=Encoder)
print(
    encoded, json.loads(encoded, object_hook=lambda found: tuple(found.get("point", found))),
    json.loads("[1.10]", parse_float=str),
)
try:
    json.dumps({"bad": {1, 2}})
except TypeError as error:
    print(error)
cycle = []
cycle.append(cycle)
try:
    json.dumps(cycle)
except ValueError as error:
    print(error)

large = {f"key{i}": {"squares": [j * j for j in range(i % 20)], "text": "x" * (i % 50)} for i in range(2000)}
text = json.dumps(large)
print(len(text), json.loads(text) == large)

table = io.StringIO()
writer = csv.DictWriter(table, ["id", "text", "value"], quoting=csv.QUOTE_MINIMAL)
writer.writeheader()
for i, word in enumerate(["plain", "with, comma", 'with "quotes"', "two\nlines", ""]):
    writer.writerow({"id": i, "text": word, "value": i / 3})
print(table.getvalue())
table.seek(0)
print([row["text"] for row in csv.DictReader(table)], list(csv.reader(["a;'b;c';d"], delimiter=";", quotechar="'")))
