// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Partitions: groups of functions that are lowered, optimized and emitted each in an LLVMContext of
// its own, on any thread. The cut depends on the module alone, so that the same bytes come out
// whatever the number of threads.
#pragma once

#include "compiler/codegen/Profile.h"
#include "compiler/lower/module/ModuleLowering.h"
#include "compiler/plan/Slice.h"

#include <functional>

namespace w2n::compiler {

/// From this size on a function gets the cheap passes.
inline constexpr size_t hugeFunctionBytes = 512 * 1024;

struct Partition {
  std::vector<uint32_t> functions; ///< their indices
  /// The level of its passes: lower than asked for if it is one huge function, whose cost would
  /// grow faster than its size.
  OptimizationLevel level;
};

/// With a profile, those that ran most come first; else they are in the order of the module. That
/// is the order of their code.
std::vector<Partition> cutPartitions(const ModulePlan &plan);

/// One LLVM module's worth of work: `lower` fills it, then it is optimized and printed or emitted
/// as the plan's options say (stopAfter, emit).
Result<std::vector<uint8_t>> emitModule(const ModulePlan &plan, const Slice &slice,
                                        OptimizationLevel level,
                                        const std::function<void(ModuleLowering &)> &lower);

/// One object file to be made.
struct Job {
  const ModulePlan *plan;
  const Slice *slice;
  OptimizationLevel level;
  std::function<void(ModuleLowering &)> lower;
  size_t wasmBytes;   ///< large ones are begun first
  uint32_t functions; ///< for the progress
  std::string what;   ///< for reports
};

/// Lowers `functions`, the last part of which is what a profile is for: they count, in `counters`,
/// or are told what was counted.
void lowerFunctions(ModuleLowering &module, std::span<const uint32_t> functions,
                    CounterBlock &counters);

/// The jobs that make the functions of `partitions`, each with an element of `counters`.
void addPartitionJobs(std::vector<Job> &jobs, const ModulePlan &plan, const Slice &slice,
                      const std::vector<Partition> &partitions, std::span<CounterBlock> counters);

/// Does all jobs on options.threads threads, also where one fails; outputs in the jobs' order.
/// Reports to options.progress.
std::vector<Result<std::vector<uint8_t>>> runJobs(const std::vector<Job> &jobs,
                                                  const CompileOptions &options);

} // namespace w2n::compiler
