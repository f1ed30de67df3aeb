// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// What a thread needs to run compiled code: the guest's stack, with a guard region below it, and a
// stack for fault handlers.
#pragma once

#include "lib/support/Error.h"

#include <atomic>
#include <cstdint>
#include <memory>

namespace w2n::runtime {

/// The stack that compiled code runs on. Grows down from `top`.
struct GuestStack {
  uintptr_t guardBegin;
  uintptr_t limit; ///< end of the guard region, lowest address in use
  uintptr_t top;
  // The thread's own: whether guests have run on it since it was cleared, and how many clearings
  // had been asked for then.
  mutable bool isUsed = false;
  mutable uint32_t clearings = 0;
};

/// Owns one: [guard region][stack].
class GuestStackMemory {
public:
  /// Room for `bytes` (committed as they are used). Errors: Limit.
  static Result<std::unique_ptr<GuestStackMemory>> create(uint64_t bytes);
  ~GuestStackMemory();
  GuestStackMemory(const GuestStackMemory &) = delete;
  GuestStackMemory &operator=(const GuestStackMemory &) = delete;

  const GuestStack &stack() const { return bounds; }

private:
  GuestStackMemory() = default;

  GuestStack bounds = {};
};

/// The calling thread's, or that of the fiber that runs; null before makeGuestStack: read by the
/// signal handler.
extern constinit thread_local const GuestStack *currentGuestStack
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/// Installs the process's fault handlers the first time. Threads: any.
void installHandlers();

/// The size of a guest's stack if nobody asks for another: what Linux gives a main thread.
inline constexpr uint64_t defaultStackBytes = 8 << 20;

/// Makes a stack of `bytes` (committed as they are used) the guest's of the calling thread, or of
/// the fiber that runs, in place of the one that it had: nothing may run on that. Freed when the
/// thread or fiber ends. Also installs the fault handlers, and what they run on. Errors: Limit.
Result<const GuestStack *> makeGuestStack(uint64_t bytes);

/// Clears what guests have left on the calling thread's stack, below those that are running: locals
/// of one tenant are not to wait for the next.
void clearGuestStack();
/// How often it has been asked for that all threads do so before they run a guest again: where an
/// instance ends that has run on several.
inline std::atomic<uint32_t> stackClearings = 0;

/// Whether the host's stack has room for another nested call (256 KiB): guest and host that call
/// each other without end use it up without touching the guest's guard region. `depth` is the
/// number of activations below. A fiber's stack is smaller, and so is what must be left of it.
bool hostStackHasRoom(uint32_t depth);

} // namespace w2n::runtime
