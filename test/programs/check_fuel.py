#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Fuel (--meter=fuel): at every amount, the same trap at the same place with the same rest, whatever the options.

    check_fuel.py --wasm2native BIN --wat2wasm BIN --work DIRECTORY -- -O0 -O3,--bounds-checks=explicit ...

What a program of fuel.wat costs, and what it does after which cost, is counted here by hand, from the rules of docs/embedding.md.
"""
import argparse
import pathlib

import harness

OUT_OF_FUEL, OUT_OF_BOUNDS = "trap: all fuel consumed", "trap: out of bounds memory access"


def dots(count):
    """Costs, and in between what is printed."""
    yield from [4, 650 // 64]  # the fill's run, and its length
    for _ in range(count):
        yield from [1, 5, ".", 5]  # call | four constants and a call, the dot | up to br_if
    yield from [3, 1, 5, "."]  # up to if | call | as above


def fault():
    for _ in range(16):
        yield 7
    yield from [7, OUT_OF_BOUNDS]


def deep(count):
    for _ in range(count):
        yield from [2, 4]  # up to if | up to call
    yield from [2, 3, "trap: integer divide by zero"]


def expected(steps, fuel):
    """The text that is printed, the trap or "", and the fuel that is left."""
    printed = ""
    for step in steps:
        if step == ".":
            printed += step
        elif isinstance(step, str):
            return printed, step, fuel
        elif step > fuel:
            return printed, OUT_OF_FUEL, fuel
        else:
            fuel -= step
    return printed, "", fuel


def found(command):
    outcome = harness.run(command)
    lines = outcome.errors.decode().splitlines()
    trap = next((line.removeprefix("wasm2native: ") for line in lines if "trap: " in line), "")
    left = next(int(line.removeprefix("fuel left: ")) for line in lines if line.startswith("fuel left: "))
    return outcome.output.decode(), trap, left


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    harness.add_command_options(parser)
    parser.add_argument("--wat2wasm", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("modes", nargs="+", help="options, separated by commas")
    options = parser.parse_args()
    work = harness.fresh_directory(options.work)
    wasm = work / "fuel.wasm"
    harness.build([options.wat2wasm, str(pathlib.Path(__file__).with_name("fuel.wat")), "-o", str(wasm)])
    # Emulated, a process takes many times as long.
    step = 5 if options.runner else 1
    programs = {("dots", "2"): lambda: dots(2), ("fault",): fault, ("deep", "3"): lambda: deep(3)}
    for number, mode in enumerate(options.modes):
        artifact = work / f"fuel-{number}.so"
        harness.build([*harness.compiler(options), "--meter=fuel", *mode.split(","), str(wasm), "-o", str(artifact)])
        for (name, *arguments), steps in programs.items():
            total = sum(step for step in steps() if isinstance(step, int))
            for fuel in [*range(0, total, step), total - 1, total, total + 1, 10**6]:
                wanted = expected(steps(), fuel)
                command = [*harness.runner(options), "-v", f"--fuel={fuel}", f"--invoke={name}", str(artifact), *arguments]
                if found(command) != wanted:
                    harness.fail(f"{mode}: {' '.join(command)}\ngave {found(command)}, expected {wanted}")


if __name__ == "__main__":
    main()
