// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/FileLock.h"

#include <algorithm>
#include <cerrno>
#include <sys/file.h>
#include <thread>

namespace w2n {

// flock, not fcntl, whose locks belong to processes. It waits without a limit or not at all, and a
// timer would need a signal, which is the host's: so this asks again and again.
LockOutcome lockFile(int file, std::chrono::milliseconds longest) {
  using namespace std::chrono;
  constexpr milliseconds maxPause(50);
  const auto end = steady_clock::now() + longest;
  for (milliseconds pause(1);; pause = std::min(2 * pause, maxPause)) {
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
      return LockOutcome::Taken;
    if (errno != EWOULDBLOCK && errno != EINTR)
      return LockOutcome::Impossible;
    const auto left = end - steady_clock::now();
    if (left <= steady_clock::duration::zero())
      return LockOutcome::Busy;
    std::this_thread::sleep_for(std::min<steady_clock::duration>(pause, left));
  }
}

} // namespace w2n
