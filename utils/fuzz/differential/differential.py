#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Random programs, compiled in several modes and run by Node.js, which must all agree.

    utils/fuzz/differential/differential.py [--count 100] [--first 0] [--calls 8] [--jobs 2] [--keep FOLDER]
    utils/fuzz/differential/differential.py --generator binaryen --tools FOLDER [--count 100] [--first 0] ...
    utils/fuzz/differential/differential.py --first 17 --count 1 --function 3     # one function of module 17, each line that is compared
    utils/fuzz/differential/differential.py --reduce 17 --function 3              # the smallest module that still differs

A module is a number. It has functions of all instructions, of loops and calls as compilers of C make them, and of accesses near the end of
memory. What is compared: results; memory and globals after each call that returns; the kind of trap. With --strict-trap-state also memory
and globals after a trap. Modules that run differently are kept, with the command that shows it.
"""

import argparse
import concurrent.futures
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from binaryen import Binaryen  # noqa: E402
from generate import CALLS, calls, generate  # noqa: E402
from outcomes import compare, lines_of, same_sums, sums_of  # noqa: E402
from reduce import reduce_module  # noqa: E402
from tree import ROOT, Node  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MODES = ["O0", "O3", "O3-explicit", "O3-strict"]
BATCH, TIMEOUT = 5, 300  # seconds, for a batch; more with many calls
PROGRESS = 25
# A module that is being made smaller may have lost what ends its loops.
REDUCE_TIMEOUT = 5


class Runners:
    """Runs modules, `contents` by name, in `folder`; returns what is different, by name."""

    def __init__(self, options):
        self.options, self.modes = options, options.modes.split(",")
        # Calls of exports whose outcome was compared with that of Node.js, and those of them that returned.
        self.compared = self.returned = 0
        self.timeout = TIMEOUT + 10 * options.calls if options.reduce is None else REDUCE_TIMEOUT

    def output(self, folder, contents, flags=()):
        """The output of the runners for all modules, and what is wrong with it."""
        (folder / "calls").write_text("".join(f"{first} {second}\n" for first, second in calls(self.options.calls)))
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        wanted, errors = self.run([self.options.node, "--no-warnings", HERE / "run.mjs", *flags, "calls", *contents], folder)
        if errors:
            return "", errors
        found, errors = self.run([self.options.runner, *flags, "calls", self.options.modes, *contents], folder)
        return wanted + found, errors

    def lines(self, folder, contents):
        output, errors = self.output(folder, contents)
        return lines_of(output), errors

    def run(self, command, folder):
        """The text that `command` prints, and its error, or ""."""
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=self.timeout)
            return done.stdout.decode(), f"status {done.returncode}: {done.stderr.decode()[-500:]}" if done.returncode else ""
        except subprocess.TimeoutExpired as expired:
            return (expired.stdout or b"").decode(), f"more than {self.timeout} s"

    def differences(self, contents):
        """Looks at sums of all modules first, and at each call of those that differ."""
        with tempfile.TemporaryDirectory() as name:
            output, _ = self.output(pathlib.Path(name), contents, ["--sums"])
        sums, found = sums_of(output), {}
        for module in contents:
            if ("node", module) in sums and same_sums(sums, module, self.modes):
                each = [line for mode in self.modes for line in sums[(mode, module)]]
                self.compared += sum(line.count for line in each)
                self.returned += sum(line.returned for line in each)
            elif difference := self.difference(module, contents[module]):
                found[module] = difference
        return found

    def difference(self, module, content):
        with tempfile.TemporaryDirectory() as name:
            lines, errors = self.lines(pathlib.Path(name), {module: content})
        if ("node", module) not in lines:
            return f"Node.js does not run it: {errors}"
        self.compared += sum(len(lines.get((mode, module), [])) for mode in self.modes)
        difference = compare(lines, module, self.modes)
        return difference and difference + ("\n" + errors if "crashed" in difference else "")


def keep_only(module, index):
    """Makes functions before `index`, which it cannot call directly, trap."""
    for other, function in enumerate(module.functions):
        if other < index:
            function.body = [Node("", b"\x00")]
            function.locals = list(function.params)


def generate_batch(options, seeds):
    """The bytes of modules by name."""
    if options.generator == "own":
        return {f"{seed}.wasm": generate(seed).encode() for seed in seeds}
    with tempfile.TemporaryDirectory() as name:
        binaryen = Binaryen(options.tools.resolve(), pathlib.Path(name))
        return {f"{seed}.wasm": binaryen.generate(seed) for seed in seeds}


def run_batch(runners, seeds):
    contents = generate_batch(runners.options, seeds)
    # Each process has runners of its own, new for each batch.
    found = runners.differences(contents)
    return contents, found, runners.compared, runners.returned


def show(runners, options):
    module = generate(options.first)
    keep_only(module, options.function)
    name = f"{options.first}.wasm"
    with tempfile.TemporaryDirectory() as folder:
        lines, errors = runners.lines(pathlib.Path(folder), {name: module.encode()})
    for (mode, _), found in lines.items():
        for call, outcome, hash_ in found:
            if call.startswith(f"f{options.function} "):
                print(f"{mode:12} {call} {outcome} | {hash_}")
    print(errors, end="")


def reduce_one(runners, options):
    def different(content):
        return runners.differences({"m.wasm": content}).get("m.wasm")

    content, text = reduce_module(generate(options.reduce), options.function, different)
    if content is None:
        raise SystemExit("the module runs the same everywhere")
    options.keep.mkdir(parents=True, exist_ok=True)
    output = options.keep / f"{options.reduce}-reduced.wasm"
    output.write_bytes(content)
    print(f"{output}: {len(content)} bytes; {text}")


def not_yet_passing():
    """Numbers of modules that are known to run differently; what is found anew is to stand out."""
    lines = (HERE / "not-yet-passing.txt").read_text().splitlines()
    return {int(line.split()[0]) for line in lines if line and not line.startswith("#")}


def fuzz(runners, options):
    known = not_yet_passing() if options.generator == "own" else set()
    seeds = range(options.first, options.first + options.count)
    batches = [seeds[begin:begin + BATCH] for begin in range(0, len(seeds), BATCH)]
    failed = done = compared = returned = 0
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for contents, found, calls_compared, calls_returned in pool.map(run_batch, [runners] * len(batches), batches):
            done += len(contents)
            compared, returned = compared + calls_compared, returned + calls_returned
            for name, text in found.items():
                seed = int(name.removesuffix(".wasm"))
                failed += seed not in known
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / name).write_bytes(contents[name])
                function = re.match(r"f(\d+) ", text)
                reducible = function and options.generator == "own"
                again = f"{pathlib.Path(__file__)} --reduce {seed} --function {function[1]}" if reducible else f"--first {seed} --count 1"
                print(f"{options.keep / name}{' (known)' if seed in known else ''}: {text}\n  smaller: {again}", flush=True)
            if done % PROGRESS == 0:
                print(f"{done} modules, {compared} calls compared, of which {returned} returned", flush=True)
    print(f"{options.count} modules, {compared} calls compared, of which {returned} returned, {failed} modules run differently that are not known")
    sys.exit(failed != 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runner", type=pathlib.Path, default=ROOT / "build/release/bin/w2nDifferentialRunner")
    parser.add_argument("--node", default="node")
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--generator", choices=["own", "binaryen"], default="own")
    parser.add_argument("--tools", type=pathlib.Path, default=ROOT / "build/npm/node_modules/.bin",
                        help="where Binaryen's tools are (utils/install-deps.sh)")
    parser.add_argument("--first", type=int, default=0, help="number of the first module")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--calls", type=int, default=len(CALLS), help="of each function, with different arguments")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path, default=pathlib.Path("differences"), help="where modules go that run differently")
    parser.add_argument("--function", type=int, help="look at this function of module --first, or reduce for it")
    parser.add_argument("--reduce", type=int, metavar="SEED", help="make module SEED smaller")
    options = parser.parse_args()
    options.runner = options.runner.resolve()
    options.node = pathlib.Path(shutil.which(options.node) or sys.exit(f"there is no {options.node}")).absolute()
    runners = Runners(options)
    if options.reduce is not None:
        reduce_one(runners, options)
    elif options.function is not None:
        show(runners, options)
    else:
        fuzz(runners, options)


if __name__ == "__main__":
    main()
