# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Functions that are just past a limit of a pass, as LLVM IR: limits.py NAME."""

import sys

HEAD = """target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"
!0 = !{!"wasm2native"}
!1 = !{!"context", !0, i64 0}
!2 = !{!"memory base", !1, i64 0}
!3 = !{!"memory base with wrap guard", !2, i64 0}
!4 = !{!"memory", !0, i64 0}
!10 = !{!3, !3, i64 0}
!13 = !{!4, !4, i64 0}
!14 = !{}
"""
BASE = "%base = load ptr, ptr %context, !tbaa !10, !invariant.load !14"


def store(index, name):
    """A store to guest memory at the 32-bit `index`."""
    return f"""%wide{name} = zext i32 {index} to i64
  %at{name} = getelementptr inbounds i8, ptr %base, i64 %wide{name}
  store i32 7, ptr %at{name}, align 1, !tbaa !13"""


def counted(body, phis="", before=BASE):
    return f"""define void @large(ptr %context, i32 %p, i32 %n, i32 %x) {{
entry:
  {before}
  br label %loop
loop:
  %left = phi i32 [ %n, %entry ], [ %fewer, %loop ]
  {phis}
  {body}
  %fewer = add i32 %left, -1
  %more = icmp ne i32 %fewer, 0
  br i1 %more, label %loop, label %done
done:
  ret void
}}
"""


def sums(count, term="%left"):
    lines = [f"%v{index} = add i32 {f'%v{index - 1}' if index else term}, %x" for index in range(count)]
    return "\n  ".join(lines)


def widen_large():
    phi = "%i = phi i32 [ %p, %entry ], [ %next, %loop ]"
    return counted(f"{store('%i', '')}\n  %next = add i32 %i, 4\n  {sums(600)}", phi)


def widen_groups():
    """Indices of 17 different steps."""
    phis = "\n  ".join(f"%i{step} = phi i32 [ %p, %entry ], [ %next{step}, %loop ]" for step in range(1, 18))
    stores = [f"{store(f'%i{step}', step)}\n  %next{step} = add i32 %i{step}, {step}" for step in range(1, 18)]
    return counted("\n  ".join(stores), phis)


def reroll_large():
    return counted(sums(400))


def fold_many():
    """65 sums of one index."""
    lines = [f"%sum{index} = add i32 %p, {-4 * index - 4}\n  {store(f'%sum{index}', index)}" for index in range(65)]
    newline = "\n  "
    return f"define void @large(ptr %context, i32 %p) {{\n  {BASE}\n  {newline.join(lines)}\n  ret void\n}}\n"


def shorten_large():
    return counted(sums(1001))


def shorten_terms():
    """A recurrence that adds 17 terms."""
    loads = [f"%a{index} = load i32, ptr %q{index}" for index in range(17)]
    places = [f"%q{index} = getelementptr i32, ptr %context, i32 {index}" for index in range(17)]
    chain = [f"%h{index} = xor i32 {f'%h{index - 1}' if index else '%h'}, %a{index}" for index in range(17)]
    phi = "%h = phi i32 [ 0, %entry ], [ %h16, %loop ]"
    return counted("\n  ".join(places + loads + chain), phi)


def nest(depth):
    """`depth` loops in each other; the innermost uses a value from outside of all."""
    lines = []
    for level in range(depth):
        before = "entry" if level == 0 else f"l{level - 1}"
        lines.append(f"l{level}:\n  %i{level} = phi i32 [ 0, %{before} ], [ %n{level}, %e{level} ]\n"
                     f"  br label %l{level + 1}")
    lines.append(f"l{depth}:\n  br label %e{depth - 1}")
    for level in reversed(range(depth)):
        after = "done" if level == 0 else f"e{level - 1}"
        lines.append(f"e{level}:\n  %n{level} = add i32 %i{level}, 1\n  %c{level} = icmp ult i32 %n{level}, %x\n"
                     f"  br i1 %c{level}, label %l{level}, label %{after}")
    body = "\n".join(lines)
    return f"define void @large(i32 %x) {{\nentry:\n  br label %l0\n{body}\ndone:\n  ret void\n}}\n"


def chain(count, kind, step, zero="0"):
    """`count` loops, each of which goes on with what the one before it ended with, unless `kind` is none."""
    lines = []
    for index in range(count):
        before = f"%v{index - 1}" if index and kind != "none" else zero
        its = "i32" if kind == "none" else kind
        lines.append(f"""l{index}:
  %k{index} = phi i32 [ 0, %{f'l{index - 1}' if index else 'entry'} ], [ %n{index}, %l{index} ]
  %i{index} = phi {its} [ {before}, %{f'l{index - 1}' if index else 'entry'} ], [ %v{index}, %l{index} ]
  %v{index} = {step.format(index)}
  %n{index} = add i32 %k{index}, 1
  %c{index} = icmp ult i32 %n{index}, 100
  br i1 %c{index}, label %l{index}, label %{f'l{index + 1}' if index + 1 < count else 'done'}""")
    body = "\n".join(lines)
    return f"define void @large() {{\nentry:\n  br label %l0\n{body}\ndone:\n  ret void\n}}\n"


def chain_floats():
    return chain(15, "double", "fadd double %i{0}, 1.5", "0.0")


def chain_none():
    return chain(15, "none", "add i32 %i{0}, 3")


def chain_long():
    return chain(70, "i32", "add i32 %i{0}, 3")


def row_long():
    return chain(40, "none", "add i32 %i{0}, 3")


def nest_deep():
    return nest(26)


def inline_growth():
    """A function that calls a small one 130 times; what it may grow by is enough for most of these calls."""

    def before(name, index):
        return f"%{name}{index - 1}" if index else "%x"

    small = "\n  ".join(f"%v{index} = xor i32 {before('v', index)}, {index + 3}" for index in range(18))
    calls = "\n  ".join(f"%r{index} = call i32 @small(i32 {before('r', index)})" for index in range(130))
    return (f"define i32 @small(i32 %x) inlinehint {{\n  {small}\n  ret i32 %v17\n}}\n"
            f"define i32 @large(i32 %x) {{\n  {calls}\n  ret i32 %r129\n}}\n")


def inline_costly():
    body = "\n  ".join(f"%v{index} = mul i32 {f'%v{index - 1}' if index else '%x'}, %x" for index in range(40))
    return (f"define i32 @big(i32 %x) inlinehint {{\n  {body}\n  ret i32 %v39\n}}\n"
            "define i32 @large(i32 %x) {\n  %r = call i32 @big(i32 %x)\n  ret i32 %r\n}\n")


def inline_deep():
    """Functions of which each calls the one before it, and nothing else."""
    first = "define i32 @f0(i32 %x) inlinehint {\n  %r = call i32 @outside(i32 %x)\n  ret i32 %r\n}\n"
    chain = (f"define i32 @f{index}(i32 %x) inlinehint {{\n  %r = call i32 @f{index - 1}(i32 %x)\n  ret i32 %r\n}}\n"
             for index in range(1, 20))
    return "declare i32 @outside(i32)\n" + first + "".join(chain)


def cut_calls(kind="call"):
    """A block of 300 calls."""
    calls = "\n  ".join(f"{kind} void @outside()" for _ in range(300))
    return f"declare void @outside()\ndefine void @large() {{\n  {calls}\n  ret void\n}}\n"


def cut_tail_calls():
    return cut_calls("tail call")


print(HEAD + globals()[sys.argv[1]]())
