// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/WaitOnce.h"

#include "runtime/core/Wait.h"

namespace w2n::wasi {

namespace {

/// In a fiber, which parks. A deadline of the guest's monotonic clock is one of ours.
Outcome parkOnce(uint64_t timeoutNs, std::span<pollfd> descriptors) {
  runtime::Wait wait = {.descriptors = descriptors};
  constexpr uint64_t longestNs = uint64_t(1) << 60;
  if (timeoutNs < longestNs)
    wait.deadline = runtime::Wait::Clock::now() + std::chrono::nanoseconds(timeoutNs);
  switch (runtime::wait(wait)) {
  case runtime::WaitEnd::Ready:
  case runtime::WaitEnd::Woken:
  case runtime::WaitEnd::Deadline:
    return {};
  case runtime::WaitEnd::Interrupted:
    return std::unexpected(Errno::Intr);
  case runtime::WaitEnd::Failed:
    return systemError();
  }
  __builtin_unreachable();
}

} // namespace

Outcome waitOnce(Clocks &clocks, uint64_t timeoutNs, std::span<pollfd> descriptors) {
  if (timeoutNs == 0 && descriptors.empty())
    return {};
  const bool sleeps = clocks.isFrozen() && timeoutNs != waitForever;
  // A call that need not wait asks the system itself.
  if (timeoutNs != 0 && !sleeps && runtime::waitParks()) {
    for (pollfd &descriptor : descriptors)
      descriptor.revents = 0;
    return parkOnce(timeoutNs, descriptors);
  }
  timespec timeout = fromNs(sleeps ? 0 : timeoutNs);
  const int ready = ppoll(descriptors.data(), descriptors.size(),
                          timeoutNs == waitForever ? nullptr : &timeout, nullptr);
  if (ready < 0)
    return systemError();
  if (sleeps && ready == 0)
    clocks.advance(timeoutNs);
  return {};
}

} // namespace w2n::wasi
