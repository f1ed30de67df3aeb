# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""How the scripts of this folder measure: one way to name the command, to run a program, and to take a mean."""
import argparse
import dataclasses
import math
import os
import pathlib
import re
import resource
import statistics
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


@dataclasses.dataclass
class Run:
    """The time and memory of one run of a program, from its start to its end."""

    output: bytes  # empty, unless it was asked for
    succeeded: bool
    wall: float  # seconds
    user: float  # seconds of processor time outside the system
    processor: float  # seconds, those in the system included
    peak_mb: float


def argument_parser(description):
    """A parser with --bin, which is our command."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin/wasm2native", help="our command")
    return parser


def run(command, output=False, limit=None, may_fail=False):
    """Runs `command`, whose standard output is thrown away unless `output`; at most `limit` seconds of processor time.
    Ends the script if the program fails, unless `may_fail`."""
    words = [str(word) for word in command]
    read_end, write_end = os.pipe() if output else (None, os.open(os.devnull, os.O_WRONLY))
    begin = time.perf_counter()
    pid = os.posix_spawnp(words[0], words, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write_end, 1)])
    if limit:
        resource.prlimit(pid, resource.RLIMIT_CPU, (limit, limit))
    os.close(write_end)
    text = b""
    if output:
        with open(read_end, "rb") as pipe:
            text = pipe.read()
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begin
    if status and not may_fail:
        raise SystemExit(f"{' '.join(words)} failed: {status}")
    return Run(text, status == 0, wall, usage.ru_utime, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def count_instructions(command):
    """Runs `command` under callgrind; its standard output and the instructions that it took."""
    words = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *map(str, command)]
    result = subprocess.run(words, capture_output=True, check=True)
    return result.stdout, int(re.search(rb"Collected : (\d+)", result.stderr).group(1))


def compile_to_wasm(source, wasm, *options, compiler="clang-22"):
    """Makes the module `wasm` of C, at -O3 unless `options` say otherwise."""
    subprocess.run([compiler, "--target=wasm32-wasi", "-Wno-deprecated", "-O3", *options, source, "-o", wasm], check=True)


def geometric_mean(ratios):
    return math.exp(statistics.fmean(map(math.log, ratios)))
