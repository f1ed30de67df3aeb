#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Time of a whole process that runs a module: from the precompiled .so, from the warmed cache, with the module's hash forgotten, and compiled.

    utils/bench/cache.py [--bin build/release/bin/wasm2native] [--runs 200] [--cpython python.wasm]

The ways take turns in each round; medians and minima of wall-clock time from fork to exit, and ratios to the .so. What compiles runs once. For
CPython that takes a minute.
"""
import argparse, os, pathlib, shutil, statistics, subprocess, tempfile, time

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


def measure(name, wasm, arguments, options, folder, silent):
    cache, artifact = f"{folder}/{name}-cache", f"{folder}/{name}.so"
    # By the environment: reading options of a command takes time, which the .so is not given.
    os.environ["WASM2NATIVE_CACHE_DIR"] = cache
    run_wasm = [options.bin, "run", wasm, *arguments]
    # What is compared is how it starts, not what was compiled for which processor.
    subprocess.run([options.bin, "--mcpu=native", wasm, "-o", artifact], check=True)
    miss = run(run_wasm, silent)
    # Files that have just changed are not believed; then one more run to note them.
    time.sleep(2.5)
    run(run_wasm, silent)
    ways = {".so": [options.bin, "run", artifact, *arguments], "hit": run_wasm, "hit, hashed again": run_wasm}
    times = {way: [] for way in ways}
    notes = pathlib.Path(cache) / "notes"
    note = notes / f"{os.stat(wasm).st_dev}-{os.stat(wasm).st_ino}"
    for _ in range(options.runs):
        for way, command in ways.items():
            if way == "hit, hashed again":
                note.unlink()
            times[way].append(run(command, silent))
    base = times[".so"]
    print(f"{name}: median, minimum, ratios to the .so")
    for way, values in times.items():
        print(f"  {way:18} {statistics.median(values) / 1e6:9.3f} ms {min(values) / 1e6:9.3f} ms"
              f"   {statistics.median(values) / statistics.median(base):5.2f} {min(values) / min(base):5.2f}")
    print(f"  {'miss':18} {miss / 1e6:9.1f} ms, once")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin/wasm2native"))
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--cpython")
    options = parser.parse_args()
    silent = os.open("/dev/null", os.O_WRONLY)
    with tempfile.TemporaryDirectory() as folder:
        source, wasm = f"{folder}/hello.c", f"{folder}/hello.wasm"
        pathlib.Path(source).write_text(HELLO)
        subprocess.run(["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "-O2", source, "-o", wasm], check=True)
        measure("hello", wasm, [], options, folder, silent)
        if options.cpython:
            # A copy, whose hash can be forgotten.
            copy = shutil.copy(options.cpython, f"{folder}/python.wasm")
            measure("cpython", copy, ["--", "-c", "print(42)"], options, folder, silent)


if __name__ == "__main__":
    main()
