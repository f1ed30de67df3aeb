// Writing to a pipe that nobody reads any more raises SIGPIPE, which by default ends the process. A
// guest has no signals, and must not end its host with one.
#pragma once

#include <csignal>

namespace w2n::wasi {

/// While it lives, SIGPIPE is not delivered to this thread; one that this thread's writes raised is
/// gone afterwards.
class BrokenPipeGuard {
public:
  explicit BrokenPipeGuard(bool enabled);
  ~BrokenPipeGuard();
  BrokenPipeGuard(const BrokenPipeGuard &) = delete;
  BrokenPipeGuard &operator=(const BrokenPipeGuard &) = delete;

private:
  bool enabled;
  sigset_t oldMask;
};

} // namespace w2n::wasi
