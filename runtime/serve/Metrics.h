// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The counts of a server, in the text form of Prometheus.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace w2n::serve {

/// Threads: any.
struct Metrics {
  /// Upper bounds in seconds; the last bucket has none.
  static constexpr std::array<double, 9> bounds = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30};

  void noteAnswer(unsigned status, std::chrono::nanoseconds time);
  /// `running` and `waiting`: instances, and requests for one.
  std::string text(uint32_t running, uint32_t waiting) const;

  std::atomic<uint64_t> connections = 0; ///< accepted
  std::atomic<int64_t> openConnections = 0;
  std::array<std::atomic<uint64_t>, 6> answers = {}; ///< by the first digit of the status
  std::atomic<uint64_t> traps = 0, timeouts = 0, refused = 0, malformed = 0, failedHandshakes = 0;
  std::atomic<uint64_t> receivedBytes = 0, sentBytes = 0;
  std::array<std::atomic<uint64_t>, bounds.size() + 1> durations = {};
  std::atomic<uint64_t> totalNs = 0;
};

} // namespace w2n::serve
