#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Seeds a corpus for fuzz-decode: the modules of our own scripts, where the release build made them,
# and of the official test suite at WASM_SPEC_DIR where there is one.
# Usage: seed_corpus.sh CORPUS
set -euo pipefail
corpus=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."

spec=${WASM_SPEC_DIR:-../shared/spec}
for folder in build/release/test/spec/own "$spec"; do
  [[ -d $folder ]] || continue
  (cd "$folder" && find . -name '*.wasm' -print0 | xargs -0 -r cp --parents --update -t "$corpus")
done
