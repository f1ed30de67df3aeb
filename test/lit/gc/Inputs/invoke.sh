#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Calls functions of the module that objects.py writes, one line for each result or message.
for call in "packed 200" "list 1000" "array 0" "array 5" "array 7" "array 10" "data 2" "fixed 1" \
  "kind 0" "kind 1" "kind 2" "kind 3" "kind 4" "cast 0" "cast 1" "i31 -7" "i31 1073741824" \
  "external 5" "null " "nullarray " "global 2" "table 50" "thrown 60" "huge -1"; do
  printf '%s: ' "$call"
  # shellcheck disable=SC2086
  wasm2native run --invoke=${call%% *} "$1" -- ${call#* } || :
done
