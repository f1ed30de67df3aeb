#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Random programs that throw and catch, run at -O0 and -O3 and by Node.js, which must agree.

    utils/fuzz/exceptions.py [--bin build/release/bin] [--first 0] [--count 100] [--keep FOLDER]

Each module has functions that only call later ones, with nested tries of the older form (catch, catch_all, rethrow, delegate), loops,
branches out of all of them, direct and indirect calls. What a run leaves behind, results and memory, is hashed.
"""
import argparse
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

FUNCTIONS, LOCALS, WORDS = 6, 5, 256
ARGUMENTS = [(0, 0), (1, 2), (-5, 7), (13, -1), (100, 3)]

NODE_RUNNER = """
import { readFileSync } from 'node:fs';
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(process.argv[2])));
const pairs = JSON.parse(process.argv[3]);
for (const [a, b] of pairs) {
  try { console.log(String(exports.run(a, b))); } catch { console.log('trap'); }
}
"""

# Counters 5 and 6 are further locals: of loops, and for what is caught as f64.
CATCHES = ["(catch $number (local.set {0}) {1})", "(catch $pair (local.set 6 (i32.trunc_sat_f64_s)) (local.set {0} (i32.wrap_i64)) {1})",
           "(catch $nothing {1})"]


class FunctionWriter:
    def __init__(self, rng, index):
        self.rng, self.index = rng, index
        self.labels, self.caught, self.made = [], [], 0

    def local(self):
        return self.rng.randrange(LOCALS)

    def expression(self, depth=0):
        kind = self.rng.randrange(6 if depth < 2 else 2)
        if kind == 0:
            return f"(i32.const {self.rng.randrange(-20, 20)})"
        if kind == 1:
            return f"(local.get {self.local()})"
        if kind == 5:
            return f"(i32.load (i32.and {self.expression(depth + 1)} (i32.const {4 * WORDS - 4})))"
        operation = self.rng.choice(["add", "sub", "mul", "xor", "lt_s", "eq", "and"])
        return f"(i32.{operation} {self.expression(depth + 1)} {self.expression(depth + 1)})"

    def call(self):
        if self.index + 1 == FUNCTIONS:
            return self.expression()
        callee = self.rng.randrange(self.index + 1, FUNCTIONS)
        if self.rng.random() < 0.3:
            return f"(call_indirect (type $function) {self.expression()} {self.expression()} (i32.const {callee}))"
        return f"(call $f{callee} {self.expression()} {self.expression()})"

    def throw(self):
        return self.rng.choice([
            f"(throw $number {self.expression()})",
            f"(throw $pair (i64.extend_i32_s {self.expression()}) (f64.convert_i32_s {self.expression()}))",
            "(throw $nothing)"])

    def statements(self, depth, least, most):
        return " ".join(self.statement(depth) for _ in range(self.rng.randrange(least, most)))

    def inside(self, label, depth, least, most):
        self.labels.append(label)
        text = self.statements(depth, least, most)
        self.labels.pop()
        return text

    def statement(self, depth):
        dice = self.rng.random()
        if depth > 4 or dice < 0.3:
            return f"(local.set {self.local()} {self.expression()})"
        if dice < 0.38:
            address = f"(i32.const {4 * self.rng.randrange(WORDS)})"
            return f"(i32.store {address} (i32.add (i32.mul (i32.load {address}) (i32.const 17)) (local.get {self.local()})))"
        if dice < 0.55:
            return f"(local.set {self.local()} {self.call()})"
        if dice < 0.62:
            return f"(if {self.expression()} (then {self.throw()}))"
        if dice < 0.66 and self.caught:
            return f"(if {self.expression()} (then (rethrow {self.rng.choice(self.caught)})))"
        if dice < 0.70 and self.labels:
            return f"(br_if {self.rng.choice(self.labels)} {self.expression()})"
        self.made += 1
        label = f"$label{self.made}"
        if dice < 0.76:
            return f"(block {label} {self.inside(label, depth + 1, 1, 4)})"
        if dice < 0.82:
            # Nobody branches to its start but its end, so that it ends.
            return (f"(loop {label} {self.statements(depth + 1, 1, 4)} (local.set 5 (i32.add (local.get 5) (i32.const 1))) "
                    f"(br_if {label} (i32.lt_u (i32.rem_u (local.get 5) (i32.const 7)) (i32.const {self.rng.randrange(1, 6)}))))")
        return self.try_block(label, depth)

    def try_block(self, label, depth):
        text = f"(try {label} (do {self.inside(label, depth + 1, 1, 5)})"
        if self.rng.random() < 0.15:
            target = self.rng.choice(self.labels) if self.labels else "0"
            return f"{text} (delegate {target}))"
        self.caught.append(label)
        tags = self.rng.sample(range(3), self.rng.randrange(4))
        for tag in tags:
            text += " " + CATCHES[tag].format(self.local(), self.inside(label, depth + 1, 0, 3))
        if not tags or self.rng.random() < 0.4:
            text += f" (catch_all {self.inside(label, depth + 1, 0, 3)})"
        self.caught.pop()
        return text + ")"

    def function(self):
        result = "(i32.const 0)"
        for local in range(LOCALS):
            result = f"(i32.add (i32.mul {result} (i32.const 31)) (local.get {local}))"
        return (f"(func $f{self.index} (type $function) (local i32 i32 i32 i32 i32)\n"
                "(global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))\n"
                "(if (i32.lt_s (global.get $fuel) (i32.const 0)) (then (unreachable)))\n"
                f"{self.statements(0, 4, 9)}\n{result})")


def write_module(seed):
    rng = random.Random(seed)
    functions = "\n".join(FunctionWriter(rng, index).function() for index in range(FUNCTIONS))
    names = " ".join(f"$f{index}" for index in range(FUNCTIONS))
    return f"""(module
(type $function (func (param i32 i32) (result i32)))
(tag $number (param i32)) (tag $pair (param i64 f64)) (tag $nothing)
(memory 1) (table funcref (elem {names})) (global $fuel (mut i32) (i32.const 0))
{functions}
(func (export "run") (param i32 i32) (result i32) (local $at i32) (local $hash i32)
(global.set $fuel (i32.const 3000)) (memory.fill (i32.const 0) (i32.const 0) (i32.const {4 * WORDS}))
(try (do (local.set $hash (call $f0 (local.get 0) (local.get 1))))
  (catch $number (local.set $hash)) (catch_all (local.set $hash (i32.const 77))))
(loop $next (local.set $hash (i32.add (i32.mul (local.get $hash) (i32.const 31)) (i32.load (local.get $at))))
  (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const {4 * WORDS}))))
(local.get $hash)))
"""


def run_ours(command, artifact):
    results = []
    for pair in ARGUMENTS:
        done = subprocess.run([command, "run", "--invoke=run", artifact, *map(str, pair)], capture_output=True, text=True,
                              timeout=60)
        results.append(done.stdout.strip() if done.returncode == 0 else "trap")
        if done.returncode not in (0, 134):
            results[-1] = f"status {done.returncode}: {done.stderr}"
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=pathlib.Path("build/release/bin"), type=pathlib.Path)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--keep", type=pathlib.Path, help="where modules go that are run differently")
    options = parser.parse_args()
    command, different, skipped = options.bin / "wasm2native", 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "run.mjs").write_text(NODE_RUNNER)
        text, wasm, artifact = folder / "m.wat", folder / "m.wasm", folder / "m.so"
        for seed in range(options.first, options.first + options.count):
            text.write_text(write_module(seed))
            subprocess.run(["wat2wasm", "--enable-exceptions", text, "-o", wasm], check=True)
            pairs = str([list(pair) for pair in ARGUMENTS])
            try:
                wanted = subprocess.run(["node", "--no-warnings", folder / "run.mjs", wasm, pairs], check=True, timeout=20,
                                        stdout=subprocess.PIPE, text=True).stdout.split()
            except subprocess.TimeoutExpired:
                skipped += 1  # loops in loops
                continue
            for level in ("-O0", "-O3"):
                subprocess.run([command, level, wasm, "-o", artifact], check=True)
                found = run_ours(command, artifact)
                if found != wanted:
                    different += 1
                    print(f"seed {seed} {level}: {found}, must be {wanted}")
                    if options.keep:
                        options.keep.mkdir(parents=True, exist_ok=True)
                        shutil.copy(text, options.keep / f"{seed}.wat")
    print(f"{options.count} modules, {skipped} skipped, {different} differences")
    sys.exit(different != 0)


if __name__ == "__main__":
    main()
