#!/usr/bin/env python3
"""Time and memory of compiling one module at every optimization level.

    utils/bench/compile_time.py [--bin build/release/bin/wasm2native] python.wasm

Wall-clock and processor seconds, their ratio (cores kept busy), peak memory, sizes of the code and of the whole artifact.
"""
import argparse, json, os, pathlib, subprocess, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin/wasm2native"))
    parser.add_argument("module")
    arguments = parser.parse_args()
    print(f"{'level':6} {'wall s':>7} {'cpu s':>7} {'cores':>6} {'peak MB':>8} {'code MB':>8} {'file MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for level in ("-O0", "-O1", "-O2", "-O3", "-Os"):
            output = f"{folder}/module.so"
            begin = time.monotonic()
            pid = os.posix_spawn(arguments.bin, [arguments.bin, level, arguments.module, "-o", output], os.environ)
            _, status, usage = os.wait4(pid, 0)
            wall = time.monotonic() - begin
            if status:
                raise SystemExit(f"{level} failed")
            cpu = usage.ru_utime + usage.ru_stime
            info = json.loads(subprocess.run([arguments.bin, "inspect", "--json", output], check=True,
                                             capture_output=True).stdout)
            print(f"{level:6} {wall:7.1f} {cpu:7.1f} {cpu / wall:6.2f} {usage.ru_maxrss / 1024:8.0f} "
                  f"{info['codeBytes'] / 1e6:8.1f} {os.path.getsize(output) / 1e6:8.1f}", flush=True)


if __name__ == "__main__":
    main()
