// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The guest's random numbers: the system's, or a sequence that a seed determines.
#pragma once

#include "runtime/wasi/Errno.h"

#include <mutex>
#include <optional>
#include <span>

namespace w2n::wasi {

/// Threads: any; with a seed, which thread gets which numbers is up to their order.
class RandomSource {
public:
  explicit RandomSource(std::optional<uint64_t> seed) : state(seed) {}
  /// Errors: the system's.
  Outcome fill(std::span<uint8_t> bytes);
  /// The state of the sequence; nothing without a seed.
  std::optional<uint64_t> save() const { return state; }
  /// Goes on from there.
  void restore(std::optional<uint64_t> saved) { state = saved; }

private:
  std::mutex lock;
  std::optional<uint64_t> state;
};

} // namespace w2n::wasi
