// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Sleeping and waiting for descriptors, for every version of WASI.
#pragma once

#include "runtime/wasi/Clock.h"

#include <poll.h>
#include <span>

namespace w2n::wasi {

inline constexpr uint64_t waitForever = UINT64_MAX;

/// Waits for `descriptors`, `timeoutNs` at most; zero ready is no error. A frozen clock moves by
/// what would have been slept, if nothing is ready. Errors: Intr among others, so that a signal for
/// the host, or an interrupt, ends a sleep.
Outcome waitOnce(Clocks &clocks, uint64_t timeoutNs, std::span<pollfd> descriptors);

} // namespace w2n::wasi
