// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The stack of guests on a thread, as a signal handler finds it anywhere: in compiled code, where
// the walk begins with the registers, as after a trap; or elsewhere, where guests have been left as
// their activations say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace w2n::runtime {

struct StackSample {
  /// Whether the thread has guests, and whether one of them runs.
  bool hasGuest, runsGuest;
  /// The number of frames.
  size_t frames;
};

/// Stores the addresses of the frames of all guests of the calling thread, innermost first: each is
/// inside the instruction that runs, or that calls. `signalContext` is the third argument of the
/// handler. Async-signal-safe for modules whose unwindTable was asked for before.
StackSample sampleStack(const void *signalContext, std::span<uintptr_t> out);

} // namespace w2n::runtime
