// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:io/poll.
#pragma once

#include "runtime/wasi/WaitOnce.h"
#include "runtime/wasi/p2/State.h"

namespace w2n::wasi::p2 {

/// The conditions that something waits for; it is ready when any of them holds.
struct Readiness {
  bool now = false;
  int host = -1; ///< a descriptor of the host, or none
  short events = 0;
  uint64_t deadlineNs = waitForever; ///< of the monotonic clock
};

class Pollable : public runtime::Resource {
public:
  static constexpr runtime::ResourceType type = {"wasi:io/poll", "pollable"};
  virtual Readiness readiness(State &state) = 0;
  /// Whether it is ready when its descriptor is.
  virtual bool isReadyAfter(State &) { return true; }
};

/// Waits for one of `waited`, `timeoutNs` at most, and returns the indices of those that are ready.
/// Errors: Interrupted; the system's, as a trap.
Result<std::vector<uint32_t>> waitForAny(State &state, std::span<Pollable *const> waited,
                                         uint64_t timeoutNs = waitForever);

/// Waits until `host` has one of `events`. The same errors.
Status waitForDescriptor(State &state, int host, short events);
/// Whether it has one now.
bool isDescriptorReady(int host, short events);

std::unique_ptr<Pollable> makeTimer(uint64_t deadlineNs);
/// `keeper` keeps `host` open.
std::unique_ptr<Pollable> makeDescriptorPollable(std::shared_ptr<const void> keeper, int host,
                                                 short events);

Result<bool> pollableReady(State &state, Pollable &self);
Result<void> pollableBlock(State &state, Pollable &self);
Result<std::vector<uint32_t>> poll(State &state, std::vector<std::reference_wrapper<Pollable>> in);

} // namespace w2n::wasi::p2
