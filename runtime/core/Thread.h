// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The stacks that a thread needs to run compiled code: the guest's, and one for fault handlers.
#pragma once

#include "runtime/core/GuestStack.h"

#include <cstdint>

namespace w2n::runtime {

/// The calling thread's, or that of the fiber that runs; null before makeGuestStack: read by the
/// signal handler and by the assembly.
extern constinit thread_local GuestStack *currentGuestStack __asm__("w2nCurrentGuestStack")
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/// Installs the process's fault handlers the first time. Threads: any.
void installHandlers();

/// The size of a guest's stack if nobody asks for another: what Linux gives a main thread.
inline constexpr uint64_t defaultStackBytes = 8 << 20;

/// Makes a stack of `bytes` (committed as they are used) the guest's of the calling thread, or of
/// the fiber that runs, in place of the one that it had: nothing may run on that. Freed when the
/// thread or fiber ends. Also installs the fault handlers, and what they run on. Errors: Limit.
Result<GuestStack *> makeGuestStack(uint64_t bytes);

/// Makes `stack` the guest's of the calling thread, outside of fibers, in place of the one that it
/// had: nothing may run on that. Errors: Limit.
Status useGuestStack(std::shared_ptr<GuestStack> stack);

/// Whether the host's stack has room for another nested call (256 KiB): guest and host that call
/// each other without end use it up without touching the guest's guard region. `depth` is the
/// number of activations below. A fiber's stack is smaller, and so is what must be left of it.
bool hostStackHasRoom(uint32_t depth);

} // namespace w2n::runtime
