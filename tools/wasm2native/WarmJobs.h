// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs compilations side by side, each in a process of its own: one that crashes, or is killed for
// want of memory, fails alone.
#pragma once

#include "tools/wasm2native/WarmPlan.h"

namespace w2n::tool {

struct WarmLimits {
  unsigned workers;     ///< processes, and threads of all of them
  uint64_t memoryBytes; ///< what they may take together, by estimate
};

/// Bytes of memory that a compilation takes at its peak, estimated: the compiler's own, eight times
/// the module, and more for each further thread. Measured: a module of 42 kB takes 78 MB; CPython,
/// 26 MB, takes 204 MB with one thread and 267 MB with two.
uint64_t estimateMemory(uint64_t wasmBytes, unsigned threads);

/// The memory that is free in the machine, or in this process's control group, if that is less.
uint64_t availableMemory();

/// Compiles the jobs that are waiting, the big ones first; jobs of one key wait for the same
/// compilation. Shows progress on a terminal. The caller has no other threads.
void runJobs(cache::ModuleCache &cache, std::vector<WarmJob> &jobs,
             const w2n_compile_options &options, const WarmLimits &limits);

} // namespace w2n::tool
