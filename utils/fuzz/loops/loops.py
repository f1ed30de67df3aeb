#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Random loops that begin and end where memory and 32 bits do, run with nothing mapped where no guest may go.

    utils/fuzz/loops/loops.py [--count 100] [--first 0] [--seconds 60] [--jobs 2] [--keep FOLDER]
    utils/fuzz/loops/loops.py --first 17 --count 1          # one module
    utils/fuzz/loops/loops.py --show 17                     # its text

A module is a number (generate.py, shapes.py). It is compiled at several levels, with guard pages and with explicit checks. Results, kinds of
traps, and memory after calls that return must be those of -O0, and of Node.js. All of it runs with WASM2NATIVE_GUARD_ORACLE (runtime/core/
GuardedPlaces.h): an access outside of what is reserved for a memory or table is a "sandbox violation", which ends the process.
--oracle=strict also counts most of the guards as outside. Modules that run differently are kept.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path[:0] = [str(pathlib.Path(__file__).parent)]
from generate import BATCH, calls, generate  # noqa: E402

# Its own `generate` must not be in the way of ours.
sys.path.append(str(pathlib.Path(__file__).parent.parent / "differential"))
from outcomes import compare, lines_of  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
RUN_NODE = ROOT / "utils/fuzz/differential/run.mjs"
MODES = ["O0", "O2", "O3", "O2-explicit", "O3-native"]
TIMEOUT = 300  # seconds, for a batch


class Runners:
    """Runs batches of modules; returns what is different, by number."""

    def __init__(self, options):
        self.modes = options.modes.split(",")
        self.runner, self.node = options.runner, options.node
        self.environment = os.environ | {"WASM2NATIVE_GUARD_ORACLE": options.oracle}

    def run(self, command, folder):
        """The text that `command` prints, and its error, or ""."""
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=TIMEOUT, env=self.environment)
            return done.stdout.decode(), f"status {done.returncode}: {done.stderr.decode()[-600:]}" if done.returncode else ""
        except subprocess.TimeoutExpired as expired:
            return (expired.stdout or b"").decode(), f"more than {TIMEOUT} s"

    def differences(self, seeds):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "calls").write_text("".join(f"{first} {second}\n" for first, second in calls(seeds[0])))
            names = {}
            for seed in seeds:
                text, module = folder / f"{seed}.wat", f"{seed}.wasm"
                text.write_text(generate(seed))
                subprocess.run(["wat2wasm", "--enable-all", text, "-o", folder / module], check=True)
                names[seed] = module
            wanted, errors = "", ""
            if self.node:
                flags = ["--no-warnings", "--experimental-wasm-memory64"]
                wanted, errors = self.run([self.node, *flags, RUN_NODE, "calls", *names.values()], folder)
            if errors:
                return {seed: f"Node.js does not run it: {errors}" for seed in seeds}
            found, errors = self.run([self.runner, "calls", ",".join(self.modes), *names.values()], folder)
        return self.compare(seeds, names, lines_of(wanted + found), errors)

    def compare(self, seeds, names, lines, errors):
        found = {}
        for seed, module in names.items():
            lines.setdefault(("node", module), lines.get((self.modes[0], module), []))
            difference = compare(lines, module, self.modes)
            if not difference:
                continue
            # A crash takes the modules after it along.
            if len(seeds) > 1 and "crashed" in difference:
                found.update(self.differences([seed]))
            else:
                found[seed] = difference + (f"\n  {errors.strip()}" if "crashed" in difference else "")
        return found


def fuzz(runners, options):
    end = time.monotonic() + options.seconds if options.seconds else None
    first, last = options.first, None if end else options.first + options.count
    failed = done = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        waiting = {}
        while True:
            while len(waiting) < options.jobs and (first < last if last is not None else time.monotonic() < end):
                # Batches begin at multiples, so that a module has the same calls in any run.
                next_ = first - first % BATCH + BATCH
                seeds = list(range(first, next_ if last is None else min(next_, last)))
                waiting[pool.submit(runners.differences, seeds)] = seeds
                first = next_
            if not waiting:
                break
            finished, _ = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
            for job in finished:
                done += len(waiting.pop(job))
                for seed, text in job.result().items():
                    failed += 1
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / f"{seed}.wat").write_text(generate(seed))
                    print(f"{options.keep / f'{seed}.wat'}: {text}", flush=True)
    print(f"{done} modules, {failed} run differently")
    sys.exit(failed != 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runner", type=pathlib.Path, default=ROOT / "build/release/bin/w2nDifferentialRunner")
    parser.add_argument("--node", default="node", help="an empty name: compare with -O0 alone")
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--oracle", default="1", choices=["0", "1", "strict"])
    parser.add_argument("--first", type=int, default=0, help="number of the first module")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seconds", type=float, help="go on for so long, in place of --count")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("differences"), help="where modules go that run differently")
    parser.add_argument("--show", type=int, metavar="SEED", help="print the text of module SEED and its calls")
    options = parser.parse_args()
    if options.show is not None:
        print(generate(options.show), *(f";; call {number}: {first:#x} {second:#x}" for number, (first, second) in enumerate(calls(options.show))),
              sep="\n")
        return
    options.runner = options.runner.resolve()
    fuzz(Runners(options), options)


if __name__ == "__main__":
    main()
