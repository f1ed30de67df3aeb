# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Headers compile alone. One that belongs to a source is the first that this includes, so that each build shows it; the
others are compiled here.

  check_headers.py --compiler=c++ [--llvm=INCLUDE_FOLDER]    without LLVM's headers those of the compiler are left out
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

from check_layers import WITH_LLVM
from sources import ROOT, tracked_files

FOLDERS = ("lib/", "compiler/", "runtime/", "include/", "tools/")
FIRST = re.compile(r'^\s*#\s*include\s+["<]([^">]+)', re.MULTILINE)


def needs_llvm(header: str) -> bool:
    return header.startswith(tuple(f"{folder}/" for folder in WITH_LLVM))


def compile_alone(command: list[str], header: str) -> str:
    done = subprocess.run([*command, "-"], input=f'#include "{header}"\n', capture_output=True, text=True)
    return "" if done.returncode == 0 else f"{header}: does not compile alone\n{done.stderr}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--llvm")
    options = parser.parse_args()
    files = set(tracked_files())
    wrong, alone = [], []
    for header in sorted(file for file in files if file.startswith(FOLDERS) and file.endswith(".h")):
        source = header.removesuffix(".h") + ".cpp"
        if source not in files:
            alone.append(header)
        elif FIRST.search((ROOT / source).read_text())[1] not in (header, pathlib.PurePath(header).name):
            wrong.append(f"{source}: must include {header} first")
    command = [options.compiler, "-std=c++23", "-fsyntax-only", "-fno-exceptions", "-fno-rtti", "-x", "c++",
               f"-I{ROOT}", f"-I{ROOT}/include", '-DW2N_VERSION="0"']
    if options.llvm:
        command += ["-isystem", options.llvm]
    chosen = [header for header in alone if options.llvm or not needs_llvm(header)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong += filter(None, pool.map(lambda header: compile_alone(command, header), chosen))
    print("\n".join(wrong) or f"{len(chosen)} headers without a source")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
