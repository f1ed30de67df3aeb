// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/WaitOnce.h"

namespace w2n::wasi {

Outcome waitOnce(Clocks &clocks, uint64_t timeoutNs, std::span<pollfd> descriptors) {
  if (timeoutNs == 0 && descriptors.empty())
    return {};
  const bool sleeps = clocks.isFrozen() && timeoutNs != waitForever;
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
