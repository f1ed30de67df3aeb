#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Time and memory of compiling one module at every optimization level.

    utils/bench/compile_time.py [--bin build/release/bin/wasm2native] [--wasm2c] [--limit 900] python.wasm

Wall-clock and processor seconds, their ratio (cores kept busy), peak memory, sizes of the code and of the whole artifact. With --wasm2c
also the other way through LLVM that Debian has: wasm2c, then clang-22 -O3, one process for the one file that it writes, ended after
--limit seconds of processor time.
"""
import argparse, json, os, pathlib, resource, subprocess, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def measure(command, limit=resource.RLIM_INFINITY):
    """Runs `command`; whether it succeeded, wall-clock seconds, processor seconds, the most memory in MB."""
    begin = time.monotonic()
    child = subprocess.Popen(command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)))
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    return status == 0, time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def print_row(name, wall, cpu, memory, sizes=""):
    print(f"{name:16} {wall:7.1f} {cpu:7.1f} {cpu / wall:6.2f} {memory:8.0f} {sizes}", flush=True)


def measure_wasm2c(module, folder, limit):
    done, wall, cpu, memory = measure(["wasm2c", "-n", "module", module, "-o", f"{folder}/module.c"])
    if not done:
        raise SystemExit("wasm2c failed")
    print_row("wasm2c", wall, cpu, memory)
    done, wall, cpu, memory = measure(["clang-22", "-O3", "-w", "-c", f"{folder}/module.c", "-o", f"{folder}/module.o"], limit)
    print_row("clang of its C", wall, cpu, memory, "" if done else "ended at the limit")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin/wasm2native"))
    parser.add_argument("--levels", default="O0,O1,O2,O3,Os", help="such as O0,O3")
    parser.add_argument("--wasm2c", action="store_true", help="also wasm2c and clang")
    parser.add_argument("--limit", type=int, default=900, metavar="SECONDS", help="processor time for clang")
    parser.add_argument("module")
    arguments = parser.parse_args()
    print(f"{'level':16} {'wall s':>7} {'cpu s':>7} {'cores':>6} {'peak MB':>8} {'code MB':>8} {'file MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for level in ("-" + level for level in arguments.levels.split(",")):
            output = f"{folder}/module.so"
            done, *figures = measure([arguments.bin, level, arguments.module, "-o", output])
            if not done:
                raise SystemExit(f"{level} failed")
            info = json.loads(subprocess.run([arguments.bin, "inspect", "--json", output], check=True,
                                             capture_output=True).stdout)
            print_row(level, *figures, f"{info['codeBytes'] / 1e6:8.1f} {os.path.getsize(output) / 1e6:8.1f}")
        if arguments.wasm2c:
            measure_wasm2c(arguments.module, folder, arguments.limit)


if __name__ == "__main__":
    main()
