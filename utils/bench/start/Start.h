// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The cases of the benchmark of starting.
#pragma once

#include <string>

namespace w2n::bench {

/// Paths of what is started: utils/bench/start/module.wat, a WASI command, and CPython, which may
/// be empty.
struct Artifacts {
  std::string module, hello, python;
};

void addBenchmarks(const Artifacts &artifacts);

} // namespace w2n::bench
