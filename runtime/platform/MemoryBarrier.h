// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A barrier that one thread issues for all, so that the others need none on paths that are often
// taken: std::atomic_signal_fence is enough there.
#pragma once

namespace w2n::platform {

/// Has each thread of the process execute a full memory barrier between now and when this returns.
/// False, and nothing has happened, if the system cannot do so. Takes microseconds, the first time
/// up to milliseconds.
bool issueBarrierOnAllThreads();

} // namespace w2n::platform
