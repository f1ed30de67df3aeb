// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// How host functions wait. In a fiber of an event loop (EventLoop.h), waiting parks the fiber and
// gives the thread to others; in one of a task, its scheduler does so; elsewhere it blocks the
// thread. In any case, interrupting the guests of the caller ends it.
#pragma once

#include "runtime/core/Interrupt.h"

#include <chrono>
#include <mutex>
#include <poll.h>
#include <span>

namespace w2n::runtime {

/// Wakes one wait, from any thread, also before it begins. Used again after reset().
class WakeToken {
public:
  WakeToken() = default;
  WakeToken(const WakeToken &) = delete;
  WakeToken &operator=(const WakeToken &) = delete;

  void wake();
  bool isWoken() const;
  void reset();

  /// For what waits: wake() also calls notify(argument), under a lock that detach waits for; at
  /// once if it is woken already.
  void attach(void (*notify)(void *), void *argument);
  void detach();

private:
  mutable std::mutex lock;
  bool woken = false;
  void (*notify)(void *) = nullptr;
  void *argument = nullptr;
};

/// The events that are waited for; the first of them ends the wait.
struct Wait {
  using Clock = std::chrono::steady_clock;

  /// As for poll(): `revents` is set of those that are ready.
  std::span<pollfd> descriptors = {};
  Clock::time_point deadline = Clock::time_point::max();
  WakeToken *token = nullptr;
};

enum class WaitEnd : uint8_t {
  Ready,       ///< descriptors
  Woken,       ///< the token
  Deadline,    ///< none of them
  Interrupted, ///< isInterrupted(), or a signal for the host where the thread was blocked
  Failed,      ///< errno says why: the system has no room
};

/// The owner of a fiber that says how what runs in it waits (Fiber::waiter).
class FiberWaiter {
public:
  /// Called in the fiber, which is not interrupted.
  virtual WaitEnd wait(const Wait &wait) = 0;

protected:
  ~FiberWaiter() = default;
};

/// Waits. Threads: any.
WaitEnd wait(const Wait &wait);
/// Whether that parks.
bool waitParks();

/// In a fiber, waits until `descriptor` has one of `events` (POLLIN, POLLOUT), before a system call
/// that would block the thread. Does nothing elsewhere: the call waits itself. False if it was
/// interrupted.
bool waitBeforeCall(int descriptor, short events);

} // namespace w2n::runtime
