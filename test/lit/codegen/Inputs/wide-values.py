# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Functions and labels that take 40 values of all types. Value i begins as x + i; $next adds 1 to each; $sum is the sum
# of (i + 1) * value i, which is 820 * x + 21320 at the beginning, and 820 more for each $next.
COUNT = 40
TYPES = [["i32", "i64", "f32", "f64", "v128"][i % 5] for i in range(COUNT)]
ALL = " ".join(TYPES)
FROM_I32 = {"i32": "", "i64": "i64.extend_i32_s", "f32": "f32.convert_i32_s", "f64": "f64.convert_i32_s",
            "v128": "i32x4.splat"}
TO_I64 = {"i32": "i64.extend_i32_s", "i64": "", "f32": "i64.trunc_f32_s", "f64": "i64.trunc_f64_s",
          "v128": "i32x4.extract_lane 3 i64.extend_i32_s"}
ADD = {"v128": "i32x4.add"}

# Name: body (MAKE pushes the values, ALL are their types), how often $next has run, what is added to the sum. Odd x
# takes the first way.
CASES = {
    "calls": (
        "MAKE call $next call $next call $sum",
        "2", "0"),
    "block": (
        "(block $b (result ALL) MAKE (br_if $b ODD) call $next) call $sum",
        "1 - odd", "0"),
    "block_above": (
        "(block $b (result ALL) (i32.const 7) MAKE (br_if $b ODD) call $next call $sum (local.set $s) "
        "i64.extend_i32_s (i64.add (local.get $s)) return) call $sum",
        "1 - odd", "7 * (1 - odd)"),
    "branch_above": (
        "(block $b (result ALL) (i64.const 7) (v128.const i64x2 1 1) MAKE call $next br $b) call $sum",
        "1", "0"),
    "loop": (
        "(local.set $n (i32.const 3)) MAKE (loop $l (param ALL) (result ALL) call $next (br_if $l (local.tee "
        "$n (i32.sub (local.get $n) (i32.const 1))))) call $sum",
        "3", "0"),
    "if": (
        "MAKE ODD (if (param ALL) (result ALL) (then call $next call $next) (else call $next)) call $sum",
        "1 + odd", "0"),
    "if_alone": (
        "MAKE ODD (if (param ALL) (result ALL) (then call $next)) call $sum",
        "odd", "0"),
    "table": (
        "(block $a (result ALL) (block $b (result ALL) (i32.const 7) MAKE (br_table $b $a ODD)) call $next) "
        "call $sum",
        "1 - odd", "0"),
    "tail": (
        "(call $tail (local.get $x))",
        "1", "0"),
    "indirect": (
        "MAKE (call_indirect (type $wide) (i32.const 0)) call $sum",
        "1", "0"),
    "caught": (
        "(block $b (result ALL) (try (do MAKE (throw $tag)) (catch $tag br $b)) unreachable) call $sum",
        "0", "0"),
    "returned": (
        "(call $early (local.get $x) ODD) call $sum",
        "1 - odd", "0"),
    "taken_apart": (
        "MAKE call $next (local.set $v) (call $next_but_one (local.get $v)) call $sum",
        "2", "0"),
}

print(f"(module (type $wide (func (param {ALL}) (result {ALL}))) (tag $tag (param {ALL})) (table funcref (elem $next))")
values = " ".join(f"(i32.add (local.get 0) (i32.const {i})) {FROM_I32[type]}" for i, type in enumerate(TYPES))
print(f"(func $make (param i32) (result {ALL}) {values})")


def next_of(first, last):
    return " ".join(
        f"local.get {i}" + f" (i32.const 1) {FROM_I32[type]} {ADD.get(type, type + '.add')}" * (first <= i < last)
        for i, type in enumerate(TYPES))


print(f"(func $next (type $wide) {next_of(0, COUNT)})")
print(f"(func $next_but_one (type $wide) {next_of(0, COUNT)})")
terms = " ".join(f"local.get {i} {TO_I64[type]} (i64.const {i + 1}) i64.mul" for i, type in enumerate(TYPES))
print(f"(func $sum (param {ALL}) (result i64) {terms} {'i64.add ' * (COUNT - 1)})")
print(f"(func $tail_next (param {ALL}) (result i64) {next_of(0, 0)} call $next return_call $sum)")
print("(func $tail (param i32) (result i64) (call $make (local.get 0)) return_call $tail_next)")
print(f"(func $early (param $x i32) (param $odd i32) (result {ALL}) (i32.const 7)")
print("  (call $make (local.get $x)) (br_if 0 (local.get $odd)) call $next return)")
print("(func (export \"first\") (result i32) (call $make (i32.const 5)) call $first)")
print(f"(func $first (param {ALL}) (result i32) local.get 0)")


def expression(text):
    """In i32: sums and differences of numbers and odd."""
    total = "(i32.const 0)"
    for term in text.replace("- ", "+ -").split("+"):
        factor, _, rest = term.strip().partition("*")
        negative = factor.strip().startswith("-")
        atom = factor.strip().lstrip("-").strip()
        value = "(local.get $odd)" if atom == "odd" else f"(i32.const {atom})"
        total = f"(i32.{'sub' if negative else 'add'} {total} {value})"
    return total


def times(text):
    factor, _, rest = text.partition(" * ")
    return f"(i32.mul {expression(factor)} {expression(rest.strip('()'))})" if rest else expression(text)


checks = ""
for number, (name, (body, nexts, added)) in enumerate(CASES.items(), 1):
    body = body.replace("ALL", ALL).replace("MAKE", "(call $make (local.get $x))").replace("ODD", "(local.get $odd)")
    print(f"(func $case_{name} (param $x i32) (param $odd i32) (result i64) (local $n i32)")
    print("  (local $s i64) (local $v v128)")
    print(f"  {body})")
    first = f"(i32.mul (i32.const 820) (i32.add (local.get $x) {expression(nexts)}))"
    expected = f"(i32.add (i32.add {first} (i32.const 21320)) {times(added)})"
    checks += f"(if (i64.ne (call $case_{name} (local.get $x) (local.get $odd)) (i64.extend_i32_s {expected}))\n"
    checks += f"  (then (return (i32.const {number}))))\n"
print('(func (export "wrong") (param $x i32) (result i32) (local $odd i32)')
print(f"(local.set $odd (i32.and (local.get $x) (i32.const 1)))\n{checks} (i32.const 0)))")
