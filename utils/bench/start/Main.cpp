// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// w2nStartBenchmark MODULE.so HELLO.so [PYTHON.so] [--benchmark_...]
#include "utils/bench/start/Start.h"

#include <benchmark/benchmark.h>
#include <cstdio>

int main(int argc, char **argv) {
  benchmark::Initialize(&argc, argv);
  if (argc < 3 || argc > 4) {
    fprintf(stderr, "usage: w2nStartBenchmark MODULE.so HELLO.so [PYTHON.so] [--benchmark_...]\n");
    return 2;
  }
  w2n::bench::addBenchmarks({argv[1], argv[2], argc == 4 ? argv[3] : ""});
  benchmark::RunSpecifiedBenchmarks();
}
