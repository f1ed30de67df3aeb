#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Runs each of the compiler's own passes alone over generated modules, and compares the code before and after.

    utils/fuzz/passes/passes.py [--build build/release] [--first 0] [--count 10] [--only w2n-widen-addresses] [--jobs 2]

Modules are those of utils/fuzz/differential, smaller. Their LLVM IR, as it is lowered, goes through LLVM's passes that
the pass needs before it; then one copy goes through the pass and one does not. Both get w2n-pin-loads, which keeps
traps, become code by llc at -O0, and are called by harness.c with the same arguments in the same memory. Results,
memory, globals and kinds of traps must be the same: what differs is the pass's, or that of what runs with it. Modules
that differ are kept, with the IR of both.
"""

import argparse
import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.dont_write_bytecode = True
sys.path.append(str(HERE.parent / "differential"))
from generate import calls, generate  # noqa: E402
from module import FIRST_GLOBAL  # noqa: E402

FUNCTIONS, CALLS, TIMEOUT = 6, 24, 120
TOOLS = "/usr/lib/llvm-22/bin"
COMBINE = "instcombine<no-verify-fixpoint>"
CLEAN = "w2n-pin-dead-blocks,simplifycfg,early-cse"
SCALAR = f"{CLEAN},{COMBINE},w2n-pin-dead-blocks,simplifycfg,w2n-pin-dead-loops,loop-simplify,lcssa"
LATE = (f"{SCALAR},reassociate,loop-mssa(licm,loop-rotate,licm),gvn,{COMBINE},"
        "w2n-pin-dead-blocks,simplifycfg,loop-simplify,lcssa")
WIDE = f"{SCALAR},w2n-widen-addresses,loop-simplify,lcssa"
# The passes that run before a pass; SCALAR if it is not here.
BEFORE = {"w2n-pin-dead-blocks": CLEAN, "w2n-wide-products": CLEAN, "w2n-reroll-loops": WIDE, "w2n-widen-exits": WIDE,
          "w2n-fold-index-sums": WIDE, "w2n-pin-dead-loops": LATE, "w2n-short-loops": LATE,
          "w2n-join-halves": f"{LATE},slp-vectorizer", "w2n-shorten-recurrences": LATE, "w2n-keep-selects": LATE,
          "w2n-split-copies": LATE, "w2n-contain-accesses": LATE}
MODULE_PASSES = {"w2n-inline-calls"}


class Different(Exception):
    pass


class Case:
    """One module, in a folder of its own."""

    def __init__(self, options, seed, folder):
        self.options, self.folder = options, folder
        module = generate(seed, functions=FUNCTIONS)
        self.globals, self.pages = len(module.globals) + FIRST_GLOBAL, module.pages
        (folder / "module.wasm").write_bytes(module.encode())
        (folder / "calls").write_text("".join(f"{first} {second}\n" for first, second in calls(CALLS)))
        self.run(options.build / "bin/wasm2native", "compile", "-O2", "--stop-after=lower", "module.wasm",
                 "-o", "lowered.ll")
        self.add_calls()
        self.outcomes = {}

    def run(self, *command):
        done = subprocess.run([str(each) for each in command], cwd=self.folder, capture_output=True, text=True,
                              timeout=TIMEOUT)
        if done.returncode:
            raise Different(f"{pathlib.Path(command[0]).name} {' '.join(map(str, command[1:]))[:300]} fails: "
                            f"status {done.returncode}: {done.stderr[-800:]}")
        return done.stdout

    def add_calls(self):
        """Adds the functions that the harness calls, which give the exports their context."""
        lowered = self.folder / "lowered.ll"
        text = lowered.read_text()
        for index in range(FUNCTIONS):
            name = f"fn{FUNCTIONS + index}"
            convention = re.search(rf"^define hidden (swifttailcc )?i64 @{name}\(", text, re.MULTILINE)[1] or ""
            buffer = ", ptr null" if convention and re.search(rf"@{name}\(ptr [^,]*, ptr ", text) else ""
            call = f"call {convention}i64 @{name}(ptr swiftself %c{buffer}, i64 %a, i64 %b)"
            text += f"define i64 @call_{index}(ptr %c, i64 %a, i64 %b) {{\n  %r = {call}\n  ret i64 %r\n}}\n"
        lowered.write_text(text)

    def opt(self, passes, source, target):
        self.run(self.options.build / "bin/w2n-opt", f"-passes={passes}", source, "-o", target)

    def execute(self, name):
        """The outcome of the code of `name`.ll."""
        self.opt("function(w2n-pin-loads)", f"{name}.ll", f"{name}.pinned.ll")
        self.run(f"{TOOLS}/llc", "-O0", "-relocation-model=pic", "-filetype=obj", f"{name}.pinned.ll",
                 "-o", f"{name}.o")
        # Builtins that code calls are the host's C library.
        self.run(f"{TOOLS}/clang", "-shared", f"{name}.o", "-lm", "-o", f"{name}.so")
        return self.run(self.options.harness, f"./{name}.so", self.globals, self.pages, FUNCTIONS, "calls")

    def text_of(self, name):
        """The IR without comments, which have the name of its file and the order of predecessors."""
        return re.sub(r" *;.*", "", (self.folder / f"{name}.ll").read_text())

    def check(self, pass_):
        """Whether `pass_` changes anything; raises Different if also what the code does."""
        before = BEFORE.get(pass_, SCALAR)
        if before not in self.outcomes:
            name = f"before{len(self.outcomes)}"
            self.opt(f"function({before})", "lowered.ll", f"{name}.ll")
            self.outcomes[before] = name, self.execute(name)
        name, wanted = self.outcomes[before]
        self.opt(pass_ if pass_ in MODULE_PASSES else f"function({pass_})", f"{name}.ll", "after.ll")
        if self.text_of("after") == self.text_of(name):
            return 0
        found = self.execute("after")
        for expected, ours in zip(wanted.splitlines(), found.splitlines()):
            if expected != ours:
                raise Different(f"{ours}, must be {expected}")
        if found != wanted:
            raise Different("calls are missing")
        return wanted.count("\n")


def run_seed(options, seed):
    """Calls compared of each pass, and what is different."""
    compared, wrong = {}, []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        case = Case(options, seed, folder)
        for pass_ in options.passes:
            try:
                compared[pass_] = case.check(pass_)
            except Different as different:
                wrong.append(f"{pass_}: module {seed}: {different}")
                kept = options.keep / f"{seed}-{pass_}"
                shutil.copytree(folder, kept, dirs_exist_ok=True)
    return compared, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="the name of one pass")
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("differences"))
    options = parser.parse_args()
    options.build, options.keep = options.build.resolve(), options.keep.resolve()
    listed = subprocess.run([options.build / "bin/w2n-opt", "--list-passes"], check=True, capture_output=True,
                            text=True).stdout
    # The last pass runs in every case.
    options.passes = [each for each in listed.split() if each != "w2n-pin-loads" and options.only in (None, each)]
    totals, failures = dict.fromkeys(options.passes, 0), 0
    with tempfile.TemporaryDirectory() as name:
        options.harness = pathlib.Path(name) / "harness"
        subprocess.run([f"{TOOLS}/clang", "-O2", HERE / "harness.c", "-o", options.harness], check=True)
        seeds = range(options.first, options.first + options.count)
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            for compared, wrong in pool.map(run_seed, [options] * len(seeds), seeds):
                for pass_, count in compared.items():
                    totals[pass_] += count
                for text in wrong:
                    failures += 1
                    print(text, flush=True)
    for pass_, count in totals.items():
        print(f"{pass_:26} {count:8} calls compared")
    print(f"{options.count} modules, {failures} differences")
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
