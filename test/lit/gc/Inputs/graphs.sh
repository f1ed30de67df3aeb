#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Compares the programs of graphs.py with their model, compiled at two levels: graphs.sh TEMPORARY SEED...
set -e
here=$(dirname "$0") file=$1
shift
for seed; do
  python3 "$here/graphs.py" "$seed" > "$file.wasm"
  python3 "$here/graphs.py" "$seed" 300 > "$file.expected"
  for level in -O0 -O3; do
    wasm2native "$level" "$file.wasm" -o "$file.so"
    wasm2native run --max-heap=256K --heap-stats --invoke=run "$file.so" 300 > "$file.result"
    diff "$file.expected" "$file.result"
  done
done
