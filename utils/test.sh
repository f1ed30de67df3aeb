#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Everything that is tested, on a fresh clone too: builds, runs all tests, sums them up in the last line.
# Options: --quick leaves out the builds with sanitizers, those for other processors, and the fuzzers; --checking adds
# the compiler that checks its passes.
set -uo pipefail
cd "$(dirname "$0")/.."

quick=0 checking=0
[[ ${1-} == --quick ]] && quick=1
[[ ${1-} == --checking ]] && checking=1
jobs=$(nproc)
fuzz_seconds=${FUZZ_SECONDS:-20}
passed=0 failed=0 failures=()

# Stages begin with a heading; how long each took is printed at the end.
stage='' stage_begin=0 stage_times=()
end_stage() {
  [[ -z $stage ]] || stage_times+=("$(printf '%5d s  %s' "$((SECONDS - stage_begin))" "$stage")")
  stage=''
}
heading() {
  end_stage
  stage=$* stage_begin=$SECONDS
  printf '\n== %s\n' "$*"
}

# Counts one check, which is a command.
check() {
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("$name")
  fi
}

# Compiles several files as one, in half the time.
together=-DCMAKE_UNITY_BUILD=ON
# Optimizes less: most of the time of emulated tests is the emulator's.
quickly='-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG'
# The compiler for builds that have none.
compiler=-DW2N_COMPILER_LIBRARY=$PWD/build/release/lib/libwasm2native-compiler.so

# Configures and builds a preset, or only those of its targets that $targets names. Without a build there is nothing to
# test.
targets=() runs=0
build() {
  local preset=$1
  shift
  heading "Building: $preset"
  if ! cmake --preset "$preset" --log-level=NOTICE "$@" ||
    ! cmake --build --preset "$preset" --parallel "$jobs" ${targets:+--target "${targets[@]}"}; then
    failed=$((failed + 1))
    failures+=("build $preset")
    return 1
  fi
}

# Runs the tests of a preset, or those that further options choose, and adds their numbers to ours.
run_ctest() {
  local preset=$1 log=build/$1/ctest-$((++runs)).log
  heading "Testing: $*"
  ctest --preset "$preset" --parallel "$jobs" --progress "${@:2}" 2>&1 | tee "$log"
  # ctest's summary: "98% tests passed, 2 tests failed out of 100"
  local summary='([0-9]+) tests? failed out of ([0-9]+)'
  if [[ $(grep -E 'tests passed, ' "$log") =~ $summary ]]; then
    failed=$((failed + BASH_REMATCH[1]))
    passed=$((passed + BASH_REMATCH[2] - BASH_REMATCH[1]))
    ((BASH_REMATCH[1] == 0)) || failures+=("$preset: ${BASH_REMATCH[1]} tests, see $log")
  else
    failed=$((failed + 1))
    failures+=("ctest $preset")
  fi
  test/spec/totals.py "build/$preset"
}

check_format() {
  git ls-files -z '*.cpp' '*.h' '*.hpp' | xargs -0 clang-format-22 --dry-run -Werror
}

# Runs a fuzzer for a short time; what it finds is left in build/asan/findings, what it says beside its corpus.
run_fuzzer() {
  local name=$1 corpus=build/asan/corpus/$1
  mkdir -p "$corpus" build/asan/findings
  [[ $name != fuzz-decode ]] || utils/fuzz/seed_corpus.sh "$corpus"
  "build/asan/utils/fuzz/$name" -max_total_time="$fuzz_seconds" -rss_limit_mb=4096 -timeout=10 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="build/asan/findings/$name-" "$corpus" >"build/asan/$name.log" 2>&1
}

# Runs the fuzzers, as many at a time as there are processors.
run_fuzzers() {
  local name fuzzers
  local -A running
  mapfile -t fuzzers < <(find build/asan/utils/fuzz -maxdepth 1 -type f -name 'fuzz-*' -printf '%f\n' | sort)
  heading "Fuzzing for $fuzz_seconds seconds each: ${fuzzers[*]}"
  while ((${#fuzzers[@]})); do
    running=()
    for name in "${fuzzers[@]:0:jobs}"; do
      run_fuzzer "$name" &
      running[$name]=$!
    done
    for name in "${!running[@]}"; do
      check "$name" wait "${running[$name]}"
      printf '%s:\n' "$name"
      tail -n 20 "build/asan/$name.log"
    done
    fuzzers=("${fuzzers[@]:jobs}")
  done
}

utils/install-deps.sh || exit 1

# The compiler with assertions, which checks every pass that runs (CheckPasses.h), takes the official suite at -O3, and
# the tests of passes and of code once more, from the release build, with which it shares all else.
test_checking() {
  targets=(wasm2native-compiler w2n-opt)
  build checking "$together"
  local built=$?
  targets=()
  ((built == 0)) || return
  export W2N_COMPILER_BUILD=$PWD/build/checking
  export WASM2NATIVE_COMPILER=$W2N_COMPILER_BUILD/lib/libwasm2native-compiler.so
  run_ctest release --tests-regex '^lit$|^spec/.*/O3-guard$'
  unset W2N_COMPILER_BUILD WASM2NATIVE_COMPILER
}

if build release "$together"; then
  run_ctest release
  ((!checking)) || test_checking
  if ((!quick)) && build asan "$together" "$compiler"; then
    run_ctest asan
    run_fuzzers
  fi
  # Only what runs on several threads is tested.
  targets=(wasm2native w2nSpecRunner w2nUnitTests w2nInterruptTests w2nWasiTests w2nCacheTests w2nApiTests)
  if ((!quick)) && build tsan "$together" "$compiler"; then
    run_ctest tsan
  fi
  targets=()
  # Other processors, emulated: all tests once on one of them, and on the other all but the official suite, which is the
  # compiler's in the first place. utils/test-matrix.sh has the suite in all modes on both.
  declare -A left_out=([aarch64]='^$' [riscv64]='^spec/core/')
  for target in aarch64 riscv64; do
    if ((!quick)) && build "$target" "$together" "$quickly" -DW2N_SPEC_MODES=O3-guard; then
      run_ctest "$target" --exclude-regex "${left_out[$target]}"
    fi
  done
fi

heading 'Formatting'
check formatting check_format

end_stage
printf '\n'
printf '%s\n' "${stage_times[@]}" "$(printf '%5d s  in all' "$SECONDS")"
for failure in "${failures[@]}"; do
  printf 'failed: %s\n' "$failure"
done
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
