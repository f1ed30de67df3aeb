// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// How often passes of ours took each of their ways, for reports of what tests exercise.
#pragma once

#include <atomic>
#include <cstdint>

namespace w2n::compiler {

/// One way, for example "reroll-loops.accepted". Lives as long as the program.
class PassCount {
public:
  explicit PassCount(const char *name);
  void count() { taken.fetch_add(1, std::memory_order_relaxed); }

  const char *const name;

private:
  friend void printPassCounts();
  std::atomic<uint64_t> taken = 0;
  PassCount *next; ///< in the list of all
};

/// Prints a line for each way to standard error, also those that were never taken.
void printPassCounts();

} // namespace w2n::compiler
