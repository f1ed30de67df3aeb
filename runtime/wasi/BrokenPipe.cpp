#include "runtime/wasi/BrokenPipe.h"

#include <cerrno>
#include <ctime>

namespace w2n::wasi {

namespace {
sigset_t onlyPipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}
} // namespace

BrokenPipeGuard::BrokenPipeGuard(bool enabled) : enabled(enabled) {
  if (!enabled)
    return;
  sigset_t pending, pipe = onlyPipe();
  sigpending(&pending);
  // One that waits already is someone else's.
  this->enabled = sigismember(&pending, SIGPIPE) == 0;
  if (this->enabled)
    pthread_sigmask(SIG_BLOCK, &pipe, &oldMask);
}

BrokenPipeGuard::~BrokenPipeGuard() {
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

} // namespace w2n::wasi
