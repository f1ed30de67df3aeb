// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/serve/Admission.h"

namespace w2n::serve {

bool Admission::enter(runtime::Wait::Clock::time_point deadline) {
  Waiter waiter;
  {
    std::lock_guard guard(lock);
    if (running < maxRunning) {
      ++running;
      return true;
    }
    if (queue.size() >= maxWaiting)
      return false;
    queue.push_back(&waiter);
  }
  runtime::wait({.deadline = deadline, .token = &waiter.token});
  std::lock_guard guard(lock);
  std::erase(queue, &waiter);
  return waiter.isIn;
}

/// Hands the place on to the one that waits longest.
void Admission::leave() {
  std::lock_guard guard(lock);
  if (queue.empty()) {
    --running;
    return;
  }
  Waiter &next = *queue.front();
  queue.pop_front();
  next.isIn = true;
  next.token.wake();
}

uint32_t Admission::runningCount() const {
  std::lock_guard guard(lock);
  return running;
}

uint32_t Admission::waitingCount() const {
  std::lock_guard guard(lock);
  return uint32_t(queue.size());
}

} // namespace w2n::serve
