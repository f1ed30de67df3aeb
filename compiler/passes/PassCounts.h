// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Counts how often the compiler's own passes take each of their ways (PassCounts.def), for reports
// of what tests exercise. Counting costs an addition, so that every build has it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace w2n::compiler {

enum class PassWay : uint16_t {
#define W2N_PASS_WAY(pass, name, ...) pass##name,
#include "compiler/passes/PassCounts.def"
};

inline constexpr size_t passWayCount = 0
#define W2N_PASS_WAY(...) +1
#include "compiler/passes/PassCounts.def"
    ;

/// The counts of the whole process, by all threads.
inline std::array<std::atomic<uint64_t>, passWayCount> passCounts;

inline void countWay(PassWay way) {
  passCounts[size_t(way)].fetch_add(1, std::memory_order_relaxed);
}

/// Counts why a pass leaves something alone; false, so that a check can return it.
inline bool reject(PassWay way) {
  countWay(way);
  return false;
}

/// A line for each way, also for those that were never taken: the pass, the way, "accepts" or
/// "rejects", how often, and what has happened.
std::string passCountsText();

} // namespace w2n::compiler
