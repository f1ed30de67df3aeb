# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""The runtime knows every feature of x86-64 processors that LLVM may find on this machine and that artifacts record.

  check_features.py --llvm=INCLUDE_FOLDER
"""

import argparse
import pathlib
import re
import sys

from sources import ROOT

# Names that LLVM finds on no machine: those of a processor that it no longer has, and of a set of features.
NOT_FOUND = {"avx5124fmaps", "avx5124vnniw", "apxf"}


def names(path: pathlib.Path, pattern: str) -> set[str]:
    return set(re.findall(pattern, path.read_text(), re.MULTILINE))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--llvm", required=True)
    options = parser.parse_args()
    all_names = names(pathlib.Path(options.llvm) / "llvm/TargetParser/X86TargetParser.def",
                      r'^X86_FEATURE(?:_COMPAT)?\s*\(\w+,\s*"([^"]+)"')
    known = names(ROOT / "runtime/arch/X86_64Features.cpp", r'^ *\{"([^"]+)", CPUID_')
    not_in_code = names(ROOT / "compiler/targets/NotInCode.def", r'^W2N_NOT_IN_CODE\("x86_64", "([^"]+)"\)')
    prefixes = tuple(name[:-1] for name in not_in_code if name.endswith("*"))
    unknown = sorted(name for name in all_names - known - not_in_code - NOT_FOUND if not name.startswith(prefixes))
    if len(all_names) < 100 or len(known) < 80:
        unknown.append(f"only {len(all_names)} features of LLVM and {len(known)} of the runtime were read")
    lines = "\n".join(f"{name}: unknown to runtime/arch/X86_64Features.cpp" for name in unknown)
    print(lines or f"{len(all_names)} features")
    sys.exit(bool(unknown))


if __name__ == "__main__":
    main()
