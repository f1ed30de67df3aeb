#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Plants mistakes that the compiler once had, and counts in how many modules the differential fuzzer finds each.

    utils/fuzz/planted.py [--count 40] [--calls 40] [--first 0] [--only NAME] [--jobs 2]
    utils/fuzz/planted.py --check                       # only whether each still applies

A mistake is a patch in utils/fuzz/planted, with what it is in its first lines. Each is applied to a copy of the sources
in build/planted, which is built and run; it must be found. Run it after changes to passes, and to what the fuzzer
generates. With ccache a mistake takes as long as its modules.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SOURCE = ROOT / "build/planted"
# As in any checkout, so that ccache knows the files.
BUILD = SOURCE / "build/release"
MODES = "O3,O3-strict"


def run(*command, **more):
    return subprocess.run([str(each) for each in command], check=True, **more)


def copy_sources():
    """Copies the files that git knows from the working tree; those that have not changed keep their times."""
    listed = run("git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
                 capture_output=True, text=True).stdout
    names = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
    for name in names:
        source, copy = ROOT / name, SOURCE / name
        if not copy.exists() or copy.read_bytes() != source.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            shutil.copymode(source, copy)
    for copy in list(SOURCE.rglob("*")):
        if copy.is_file() and BUILD not in copy.parents and str(copy.relative_to(SOURCE)) not in names:
            copy.unlink()


def build(jobs):
    if not (BUILD / "build.ninja").exists():
        run("cmake", "--preset", "release", "--log-level=WARNING", cwd=SOURCE, stdout=subprocess.DEVNULL)
    run("cmake", "--build", BUILD, "--parallel", jobs, "--target", "w2nDifferentialRunner", stdout=subprocess.DEVNULL)


def found_in(options):
    """In how many modules there is a difference, and the first one."""
    command = [sys.executable, HERE / "differential/differential.py", "--runner", BUILD / "bin/w2nDifferentialRunner",
               "--node", options.node, "--modes", options.modes, "--first", options.first, "--count", options.count,
               "--calls", options.calls, "--jobs", options.jobs, "--keep", BUILD / "kept"]
    done = subprocess.run([str(each) for each in command], capture_output=True, text=True)
    last = re.search(r"(\d+) modules, \d+ calls compared.*, (\d+) modules run differently", done.stdout)
    if not last:
        sys.exit(f"the fuzzer fails:\n{done.stdout}{done.stderr}")
    first = re.search(r"\.wasm: (.*)", done.stdout)
    return int(last[2]), first[1] if first else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=40, help="of modules")
    parser.add_argument("--calls", type=int, default=40, help="of each function")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--node", default="node")
    parser.add_argument("--modes", default=MODES)
    parser.add_argument("--only", help="the name of one mistake")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    patches = [patch for patch in sorted((HERE / "planted").glob("*.patch")) if options.only in (None, patch.stem)]
    if options.check:
        for patch in patches:
            run("git", "-C", ROOT, "apply", "--check", patch)
        return
    missed = []
    for patch in [None, *patches]:
        name = patch.stem if patch else "none planted"
        copy_sources()
        if patch:
            run("patch", "--quiet", "-p1", "-i", patch, cwd=SOURCE)
        build(options.jobs)
        count, first = found_in(options)
        print(f"{name:18} found in {count} of {options.count} modules  {first}", flush=True)
        if bool(count) != bool(patch):
            missed.append(name)
    sys.exit(f"not as it should be: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
