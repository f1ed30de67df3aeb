#!/usr/bin/env python3
"""Time of a whole process that prints one line: a C program, and the same program as a precompiled artifact.

    utils/bench/start_up.py [--bin build/release/bin/wasm2native] [--runs 500]

The programs take turns; medians of wall-clock time from fork to exit, and ratios to the dynamically linked C program.
"""
import argparse, os, pathlib, statistics, subprocess, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HELLO = '#include <stdio.h>\nint main(void) { puts("hello, world"); }\n'


def run(command, silent):
    begin = time.perf_counter_ns()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, silent, 1)])
    status = os.waitpid(pid, 0)[1]
    elapsed = time.perf_counter_ns() - begin
    if status:
        raise SystemExit(f"{command} failed: {status}")
    return elapsed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin/wasm2native"))
    parser.add_argument("--runs", type=int, default=500)
    arguments = parser.parse_args()
    silent = os.open("/dev/null", os.O_WRONLY)
    with tempfile.TemporaryDirectory() as folder:
        source, wasm, artifact = (f"{folder}/hello{end}" for end in (".c", ".wasm", ".so"))
        pathlib.Path(source).write_text(HELLO)
        subprocess.run(["clang-22", "-O2", source, "-o", f"{folder}/dynamic"], check=True)
        subprocess.run(["clang-22", "-O2", "-static", source, "-o", f"{folder}/static"], check=True)
        subprocess.run(["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-O2", source, "-o", wasm], check=True)
        subprocess.run([arguments.bin, "-O3", wasm, "-o", artifact], check=True)
        commands = {
            "C, dynamically linked": [f"{folder}/dynamic"],
            "C, statically linked": [f"{folder}/static"],
            "wasm2native run hello.so": [arguments.bin, "run", artifact],
        }
        times = {name: [] for name in commands}
        for _ in range(arguments.runs):
            for name, command in commands.items():
                times[name].append(run(command, silent))
    base = statistics.median(times["C, dynamically linked"])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"{name:28} {median / 1e6:7.3f} ms   {median / base:5.2f}")


if __name__ == "__main__":
    main()
