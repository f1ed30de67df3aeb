#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Profiles: what a program with threads counts, what several processes add to one file, and what damage does.

    check_profile.py --wasm2native BIN --wat2wasm BIN --profdata BIN --work DIRECTORY

Counts are compared with what llvm-profdata reads in the file; the file that a compile reads is damaged by a generator with
a fixed seed.
"""
import argparse
import pathlib
import random
import re
import subprocess

import harness

COUNTED = """(module
  (func $twice (export "twice") (param i32)
    (loop $next (call $leaf) (call $leaf) (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
  (func $leaf))"""

# Each of the threads runs `leaf` a thousand times; the last one to end lets the main thread go on.
THREADS = """(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (func $leaf)
  (func (export "wasi_thread_start") (param i32 i32)
    (local $left i32)
    (local.set $left (i32.const 1000))
    (loop $next (call $leaf) (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 0) (i32.const 1))))
  (func (export "_start")
    (local $left i32)
    (local.set $left (i32.const 4))
    (loop $next
      (if (i32.lt_s (call $spawn (i32.const 0)) (i32.const 0)) (then (unreachable)))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (loop $wait
      (local.set $left (i32.atomic.load (i32.const 0)))
      (if (i32.lt_u (local.get $left) (i32.const 4))
        (then (drop (memory.atomic.wait32 (i32.const 0) (local.get $left) (i64.const -1))) (br $wait))))))"""


class Subject:
    def __init__(self, options: argparse.Namespace, name: str, text: str):
        self.options, self.base = options, options.work / name
        self.base.with_suffix(".wat").write_text(text)
        self.wasm, self.artifact, self.profile = (str(self.base.with_suffix(end)) for end in (".wasm", ".so", ".proftext"))
        harness.build([options.wat2wasm, "--debug-names", "--enable-threads", str(self.base.with_suffix(".wat")), "-o", self.wasm])
        harness.build([options.wasm2native, "--profile-generate", self.wasm, "-o", self.artifact])

    def command(self, *arguments: str) -> list[str]:
        before, after = (arguments[:1], arguments[1:]) if arguments else ((), ())
        return [self.options.wasm2native, "run", "--profile-file", self.profile, *before, self.artifact, *after]

    def count(self, function: str) -> int:
        """How often it was entered, as llvm-profdata says."""
        shown = harness.run([self.options.profdata, "show", f"--function={function}", "--counts", self.profile])
        found = re.search(rf"  {function}:.*?Block counts: \[(\d+)", shown.output.decode(), re.DOTALL)
        if not found:
            harness.fail(f"llvm-profdata shows no {function} in {self.profile}:\n{harness.text_of(shown.output + shown.errors)}")
        return int(found[1])

    def use(self, profile: pathlib.Path) -> harness.Outcome:
        return harness.run([self.options.wasm2native, f"--profile-use={profile}", self.wasm, "-o", str(self.base.with_suffix(".use.so"))])


def require(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        harness.fail(f"{what}: {found}, must be {wanted}")


def check_threads(options: argparse.Namespace) -> None:
    subject = Subject(options, "threads", THREADS)
    require("status", harness.run(subject.command()).status, 0)
    require("runs of leaf in four threads", subject.count("leaf"), 4000)


def check_processes(options: argparse.Namespace) -> Subject:
    """Any number of processes may add to a file; nothing is lost, and nothing is left beside it."""
    subject = Subject(options, "processes", COUNTED)
    rounds, at_a_time = 10, 6
    for _ in range(rounds):
        running = [subprocess.Popen(subject.command("--invoke=twice", "50")) for _ in range(at_a_time)]
        for process in running:
            require("status", process.wait(), 0)
    require("runs of leaf in many processes", subject.count("leaf"), rounds * at_a_time * 100)
    require("files beside the profile", [path.name for path in options.work.glob("processes.proftext*")], ["processes.proftext"])
    return subject


def check_damage(options: argparse.Namespace, subject: Subject) -> None:
    """A damaged profile is used or refused, and never more than that."""
    indexed = options.work / "whole.profdata"
    harness.build([options.profdata, "merge", subject.profile, "-o", str(indexed)])
    generator = random.Random(1)
    for whole in (pathlib.Path(subject.profile), indexed):
        require(f"compiling with {whole.name}", subject.use(whole).status, 0)
        damaged = options.work / ("damaged" + whole.suffix)
        for _ in range(options.rounds):
            data = bytearray(whole.read_bytes())
            for _ in range(generator.randrange(1, 4)):
                data[generator.randrange(len(data))] = generator.randrange(256)
            damaged.write_bytes(data[:generator.randrange(1, len(data))] if generator.random() < 0.3 else data)
            outcome = subject.use(damaged)
            if outcome.status not in (0, 1, 2) or (outcome.status and b"error: " not in outcome.errors):
                harness.fail(f"{damaged}: status {outcome.status}\n{harness.text_of(outcome.errors)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--wasm2native", "--wat2wasm", "--profdata"):
        parser.add_argument(option, required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    harness.fresh_directory(options.work)
    check_threads(options)
    check_damage(options, check_processes(options))


if __name__ == "__main__":
    main()
