#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The cost of C++ exceptions, beside the same program compiled natively by clang-22 -O2.

    utils/bench/exceptions.py [--bin build/release/bin/wasm2native] [--rounds 5]

Prints nanoseconds a turn: native, and wasm2native with standard exceptions (exnref) and with the older form.
"""
import pathlib
import statistics
import subprocess
import tempfile

import measuring
from measuring import HERE, ROOT

SOURCE = HERE / "exceptions/throw.cpp"
RUNTIME = ROOT / "test/programs/support/WasmExceptions.cpp"


def build(folder, wasm2native, form):
    """The command that runs the program in this form."""
    cxx = ["clang++-22", "-std=c++20", "-O2", "-Wno-deprecated"]
    if form == "native":
        subprocess.run([*cxx, SOURCE, "-o", folder / form], check=True)
        return [folder / form]
    legacy = "true" if form == "legacy" else "false"
    subprocess.run([*cxx, "--target=wasm32-wasi", "-fwasm-exceptions", "-mllvm", f"-wasm-use-legacy-eh={legacy}", SOURCE,
                    RUNTIME, "-o", folder / f"{form}.wasm"], check=True)
    subprocess.run([wasm2native, "-O3", folder / f"{form}.wasm", "-o", folder / f"{form}.so"], check=True)
    return [wasm2native, "run", folder / f"{form}.so"]


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    forms = ["native", "standard", "legacy"]
    times = {}
    with tempfile.TemporaryDirectory() as name:
        commands = {form: build(pathlib.Path(name), arguments.bin, form) for form in forms}
        for _ in range(arguments.rounds):
            for form, command in commands.items():
                output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
                for line in output.splitlines():
                    what, nanoseconds, _ = line.split()
                    times.setdefault(what, {}).setdefault(form, []).append(float(nanoseconds))
    print(f"{'ns a turn':26}" + "".join(f"{form:>10}" for form in forms))
    for what, byForm in times.items():
        print(f"{what:26}" + "".join(f"{statistics.median(byForm[form]):10.1f}" for form in forms))


if __name__ == "__main__":
    main()
