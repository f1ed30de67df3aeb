# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Exports of the shared libraries: exactly the list of this folder, all of which the headers declare; a symbol that is
gone breaks programs that exist.

  check_exports.py --nm NM --cc CC --include FOLDER RUNTIME COMPILER
  check_exports.py --write ...    writes the list anew
"""

import argparse
import pathlib
import re
import subprocess
import sys

LIST = pathlib.Path(__file__).with_name("exports.txt")
# Symbols that debuggers and our own tests look for, which no header declares.
UNDECLARED = {"__jit_debug_descriptor", "__jit_debug_register_code", "w2n_compiler_pass_counts"}

# Functions that programs define for us.
FOREIGN = {"w2n_plugin_start"}


def exports_of(nm: str, library: str) -> set[str]:
    done = subprocess.run([nm, "-D", "--defined-only", library], capture_output=True, text=True, check=True)
    # The library of C++ has inline functions that are always exported.
    return {line.split()[-1] for line in done.stdout.splitlines() if not line.split()[-1].startswith("_Z")}


def declared_in(compiler: str, include: pathlib.Path) -> tuple[set[str], set[str]]:
    """The functions that the headers declare, and those that are inline."""
    headers = [*include.glob("*.h"), *include.glob("wasm2native/*.h")]
    text = "".join(f'#include "{path}"\n' for path in headers)
    done = subprocess.run([compiler, "-E", "-P", "-x", "c", "-"], input=text, capture_output=True, text=True,
                          check=True)
    inline = set(re.findall(r"static inline[^;{(]*?\b((?:w2n|wasm)_\w+)\s*\(", done.stdout))
    # A type before `(*` is that of a pointer's function.
    return set(re.findall(r"\b((?:w2n|wasm)_\w+)\s*\((?!\*)", done.stdout)), inline


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nm", required=True)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--include", required=True, type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("libraries", nargs=2)
    options = parser.parse_args()
    found = [f"{pathlib.Path(library).name.partition('.')[0]} {name}"
             for library in options.libraries for name in sorted(exports_of(options.nm, library))]
    if options.write:
        LIST.write_text("\n".join(found) + "\n")
    listed = LIST.read_text().split("\n")[:-1]
    wrong = [f"{line}: is exported, but not in {LIST.name}" for line in found if line not in listed]
    wrong += [f"{line}: is in {LIST.name}, but not exported" for line in listed if line not in found]
    declared, inline = declared_in(options.cc, options.include)
    wrong += [f"{line}: no header declares it" for line in found if line.split()[1] not in declared | UNDECLARED]
    exported = {line.split()[1] for line in found}
    wrong += [f"{name}: is declared, but not exported" for name in sorted(declared - inline - exported - FOREIGN)]
    print("\n".join(wrong) or f"{len(found)} symbols")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
