#!/usr/bin/env bash
# Seeds a corpus for fuzz-decode: the modules of our own scripts, and of the official test suite at
# WASM_SPEC_DIR where there is one.
# Usage: seed_corpus.sh CORPUS
set -euo pipefail
corpus=$(mkdir -p "$1" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if command -v wast2json >/dev/null; then
  for script in test/spec/own/*.wast; do
    # Not all wabts know all that the scripts use.
    wast2json "$script" -o "$scratch/$(basename "$script" .wast).json" 2>/dev/null || true
  done
fi

spec=${WASM_SPEC_DIR:-../shared/spec}
for folder in "$scratch" "$spec"; do
  [[ -d $folder ]] || continue
  (cd "$folder" && find . -name '*.wasm' -print0 | xargs -0 -r cp --parents --update -t "$corpus")
done
