// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// memory.atomic.wait and memory.atomic.notify (threads proposal): threads that sleep until another
// one names the address that they wait at.
#pragma once

#include "lib/support/Error.h"

#include <cstdint>

namespace w2n::runtime {

/// The result of a wait, as the guest gets it.
enum class WaitResult : uint32_t { Notified = 0, NotEqual = 1, TimedOut = 2 };

/// Waits at `address`, in a shared memory, until it is notified or `timeoutNs` is over; a negative
/// timeout never is. NotEqual at once if the value there is not `expected`: that comparison and
/// falling asleep are one step for whoever notifies, so that no notification is lost. Errors:
/// Interrupted. Threads: any.
template <typename T> Result<WaitResult> waitAt(T *address, T expected, int64_t timeoutNs);
extern template Result<WaitResult> waitAt(uint32_t *, uint32_t, int64_t);
extern template Result<WaitResult> waitAt(uint64_t *, uint64_t, int64_t);

/// Wakes at most `count` of the threads that wait at `address`, the longest waiting first; returns
/// how many. Threads: any.
uint32_t notify(const void *address, uint32_t count);

} // namespace w2n::runtime
