#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The cost of recording, and the size of records.

    utils/bench/record.py PYTHON [--bin build/release/bin/wasm2native] [--rounds 9] [SCRIPT...]

PYTHON is CPython, compiled (test/programs compiles it to build/release/test/programs/cpython); the scripts are those of
test/programs/cpython, or the ones named. Runs take turns, as they are, recorded, and replayed. Prints the least
processor time of each, and the size of the record.
"""
import pathlib
import shutil
import tempfile

import measuring

SCRIPTS = measuring.ROOT / "test/programs/cpython"


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("python", type=pathlib.Path)
    parser.add_argument("scripts", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    print("| script | plain | recorded | more | replayed | calls in the record | record |")
    print("| --- |" + " --- |" * 6)
    ratios = []
    for script in options.scripts or sorted(SCRIPTS.glob("*.py")):
        with tempfile.TemporaryDirectory(dir="/tmp") as name:
            least = measure(options, script.resolve(), pathlib.Path(name))
        ratios.append(least["recorded"] / least["plain"])
        print(f"| {script.stem} | {least['plain'] * 1e3:.0f} ms | {least['recorded'] * 1e3:.0f} ms | "
              f"{100 * (ratios[-1] - 1):+.1f}% | {least['replayed'] * 1e3:.0f} ms | {least['calls']} | "
              f"{least['bytes'] / 1000:.0f} kB |", flush=True)
    print(f"\nrecorded, mean: {100 * (measuring.geometric_mean(ratios) - 1):+.1f}%")


def measure(options, script, folder):
    work, record = folder / "work", folder / "run.rec"
    sandbox = ["--dir", f"{script.parent}::/scripts:ro", "--dir", f"{work}::/work", "--env", "PYTHONHASHSEED=0",
               "--env", "PYTHONDONTWRITEBYTECODE=1"]
    program = [options.python, f"/scripts/{script.name}"]
    commands = {"plain": [options.bin, "run", *sandbox, *program],
                "recorded": [options.bin, "run", "--record", record, *sandbox, *program],
                "replayed": [options.bin, "replay", record]}
    least = {label: float("inf") for label in commands}
    for _ in range(options.rounds):
        record.unlink(missing_ok=True)
        for label, command in commands.items():
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            # Some scripts end with a status of their own.
            ran = measuring.run(command, output=label == "replayed", may_fail=True)
            least[label] = min(least[label], ran.processor)
    least["calls"] = ran.output.decode().split(": ")[1].split(" ")[0]
    least["bytes"] = record.stat().st_size
    return least


if __name__ == "__main__":
    main()
