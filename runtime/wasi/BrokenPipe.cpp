// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/BrokenPipe.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace w2n::wasi {

namespace {

// pwritev2(2), since Linux 6.18.
constexpr int noSignal = 0x100;
std::atomic<bool> systemHasNoSignal = true;

sigset_t onlyPipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

/// While it lives, SIGPIPE is not delivered to this thread; one that this thread's writes raised is
/// gone afterwards.
class BrokenPipeGuard {
public:
  BrokenPipeGuard() {
    sigset_t pending, pipe = onlyPipe();
    sigpending(&pending);
    // One that waits already is someone else's.
    enabled = sigismember(&pending, SIGPIPE) == 0;
    if (enabled)
      pthread_sigmask(SIG_BLOCK, &pipe, &oldMask);
  }
  ~BrokenPipeGuard() {
    if (!enabled)
      return;
    int reason = errno;
    sigset_t pipe = onlyPipe();
    timespec noWait = {};
    while (sigtimedwait(&pipe, nullptr, &noWait) < 0 && errno == EINTR)
      ;
    pthread_sigmask(SIG_SETMASK, &oldMask, nullptr);
    errno = reason;
  }
  BrokenPipeGuard(const BrokenPipeGuard &) = delete;
  BrokenPipeGuard &operator=(const BrokenPipeGuard &) = delete;

private:
  bool enabled;
  sigset_t oldMask;
};

} // namespace

ssize_t writeWithoutSignal(int host, const iovec *vectors, int count) {
  if (systemHasNoSignal) {
    const ssize_t written = pwritev2(host, vectors, count, /*offset=*/-1, noSignal);
    // EOPNOTSUPP is an older kernel, the others a sandbox that does not know the call.
    if (written >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EPERM))
      return written;
    systemHasNoSignal = false;
  }
  BrokenPipeGuard guard;
  return writev(host, vectors, count);
}

} // namespace w2n::wasi
