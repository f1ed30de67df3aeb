// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Limits of time, memory and output of one compilation.
#pragma once

#include "lib/support/Error.h"

#include <atomic>
#include <chrono>

namespace w2n {

/// 0 is no limit. Time is that which passes; memory is counted from what the process has at the
/// beginning.
struct CompileLimits {
  uint64_t maxTimeMs = 0, maxMemoryBytes = 0, maxArtifactBytes = 0;
};

/// Compares the time and memory that a compilation has used since its beginning with its limits.
/// Nothing is interrupted: each thread asks between two steps, and leaves out those that are left.
/// Steps are: some instructions that are lowered, a pass over a function or loop, a group of passes
/// of the code generator over a function. Memory is that of the process, to a page and some
/// milliseconds, so that what a host allocates meanwhile counts as well. Threads: any.
class CompileBudget {
public:
  /// Room for the end of a step, for callers that only ask whether it takes far too long.
  enum class Slack { None, ForOneStep };

  explicit CompileBudget(const CompileLimits &limits, Slack slack = Slack::None);

  /// Whether time or memory have a limit.
  bool isLimited() const { return limits.maxTimeMs != 0 || limits.maxMemoryBytes != 0; }
  /// Whether time or memory have run out. True from then on. Cheap: the system is asked at most
  /// every few milliseconds.
  bool isExceeded();
  /// Errors: Limit, with the limit that was exceeded.
  Status check();
  /// Errors: Limit, if the artifact, which has `bytes` or more, is too large.
  Status checkArtifact(uint64_t bytes) const;

private:
  enum Exceeded : uint8_t { Nothing, Time, Memory };
  using Clock = std::chrono::steady_clock;

  const CompileLimits limits;
  const Clock::duration longestTime;
  const uint64_t maxBytes;
  const Clock::time_point begin = Clock::now();
  const uint64_t bytesAtBegin;
  std::atomic<Clock::duration::rep> nextLook = 0; ///< since `begin`
  std::atomic<Exceeded> exceeded = Nothing;
};

} // namespace w2n
