// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// How many instances run at once, and how many requests may wait for one.
#pragma once

#include "runtime/core/Wait.h"

#include <deque>

namespace w2n::serve {

/// Threads: any; those that wait do so in fibers.
class Admission {
public:
  Admission(uint32_t maxRunning, uint32_t maxWaiting)
      : maxRunning(maxRunning), maxWaiting(maxWaiting) {}

  /// Waits for a place, until `deadline`. False if there is none, or too many wait.
  bool enter(runtime::Wait::Clock::time_point deadline);
  void leave();

  uint32_t runningCount() const;
  uint32_t waitingCount() const;

private:
  struct Waiter {
    runtime::WakeToken token;
    bool isIn = false;
  };

  const uint32_t maxRunning, maxWaiting;
  mutable std::mutex lock;
  uint32_t running = 0;
  std::deque<Waiter *> queue;
};

} // namespace w2n::serve
