// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A lock on an open file that is given up on after a while: who may read a file may lock it, and
// must not be able to hold up those who need to.
#pragma once

#include <chrono>

namespace w2n {

enum class LockOutcome { Taken, Busy, Impossible };

/// Locks the file that is open as `file` for its opener alone, by flock: the lock ends with the
/// open file. Waits for at most `longest` while others hold it (Busy). Impossible, with errno: the
/// file system has no locks. Threads: any; two that opened the file exclude each other.
LockOutcome lockFile(int file, std::chrono::milliseconds longest);

} // namespace w2n
