#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# The official suite and our scripts on every target, at -O0 and -O3, with bounds checks by guard pages and explicit ones;
# unit tests and programs, too. Prints one table of totals, in Markdown, for docs/targets.md. Takes hours: other processors
# are emulated.
# Arguments: targets (release is this machine); all if there are none.
set -uo pipefail
cd "$(dirname "$0")/.."

targets=("$@")
(($#)) || targets=(release aarch64 riscv64)
modes='O0-guard;O0-explicit;O3-guard;O3-explicit'
jobs=$(nproc)
status=0

utils/install-deps.sh || exit 1
# Its compiler is everyone's.
cmake --preset release --log-level=NOTICE && cmake --build --preset release --parallel "$jobs" || exit 1

tested=()
for target in "${targets[@]}"; do
  if cmake --preset "$target" --log-level=NOTICE "-DW2N_SPEC_MODES=$modes" &&
    cmake --build --preset "$target" --parallel "$jobs"; then
    ctest --preset "$target" --parallel "$jobs" --progress -R '^(unit|wasi|api)$|^(spec|programs)/' || status=1
    tested+=("build/$target")
  else
    status=1
  fi
done

((${#tested[@]})) && { test/spec/matrix.py "${tested[@]}" || status=1; }
exit "$status"
