#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Time of a whole process that runs a module: from the precompiled .so, from the warmed cache, with the module's hash
forgotten, and compiled.

    utils/bench/cache.py [--bin build/release/bin/wasm2native] [--runs 200] [--cpython python.wasm]

The ways take turns in each round; medians and minima of wall-clock time from fork to exit, and ratios to the .so. What
compiles runs once. For CPython that takes a minute.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import measuring

HELLO = '#include <stdio.h>\nint main(void) { puts("hello, world"); }\n'


def measure(name, wasm, arguments, options, folder):
    cache, artifact = f"{folder}/{name}-cache", f"{folder}/{name}.so"
    # By the environment: reading options of a command takes time, which the .so is not given.
    os.environ["WASM2NATIVE_CACHE_DIR"] = cache
    run_wasm = [options.bin, "run", wasm, *arguments]
    # The starts are compared, not code for different processors.
    subprocess.run([options.bin, "--mcpu=native", wasm, "-o", artifact], check=True)
    miss = measuring.run(run_wasm).wall
    # Files that have just changed are not believed; then one more run to note them.
    time.sleep(2.5)
    measuring.run(run_wasm)
    ways = {".so": [options.bin, "run", artifact, *arguments], "hit": run_wasm, "hit, hashed again": run_wasm}
    times = {way: [] for way in ways}
    notes = pathlib.Path(cache) / "notes"
    note = notes / f"{os.stat(wasm).st_dev}-{os.stat(wasm).st_ino}"
    for _ in range(options.runs):
        for way, command in ways.items():
            if way == "hit, hashed again":
                note.unlink()
            times[way].append(measuring.run(command).wall)
    base = times[".so"]
    print(f"{name}: median, minimum, ratios to the .so")
    for way, values in times.items():
        print(f"  {way:18} {statistics.median(values) * 1e3:9.3f} ms {min(values) * 1e3:9.3f} ms"
              f"   {statistics.median(values) / statistics.median(base):5.2f} {min(values) / min(base):5.2f}")
    print(f"  {'miss':18} {miss * 1e3:9.1f} ms, once")


def main():
    parser = measuring.argument_parser(__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--cpython")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, wasm = f"{folder}/hello.c", f"{folder}/hello.wasm"
        pathlib.Path(source).write_text(HELLO)
        measuring.compile_to_wasm(source, wasm, "-O2")
        measure("hello", wasm, [], options, folder)
        if options.cpython:
            # A copy, whose hash can be forgotten.
            copy = shutil.copy(options.cpython, f"{folder}/python.wasm")
            measure("cpython", copy, ["--", "-c", "print(42)"], options, folder)


if __name__ == "__main__":
    main()
