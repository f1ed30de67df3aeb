// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Ending what a guest does from outside: because its time is up, or because another thread says so.
//
// Compiled code does nothing for it. Whoever interrupts sets a flag of the thread and sends it a
// signal. A handler that finds the thread in compiled code leaves the guest, as a fault does
// (Faults.cpp); one that finds it in the host returns, and the crossing looks at the flag before it
// goes to the guest (Arch.h). The signal ends system calls that wait; waits of our own are woken. A
// fiber that does not run gets no signal: it is woken, and finds its flag set.
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/support/Error.h"
#include "runtime/arch/Arch.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <vector>

namespace w2n::runtime {

class InterruptScope;

/// The target that others reach while something that runs guests is in a scope: a thread, or a
/// fiber (Fiber.h), which has a flag of its own while it does not run.
class InterruptTarget {
public:
  /// The target of the fiber or thread that runs.
  static InterruptTarget &current();
  /// Called by the thread that both belong to: `this` runs no more, and `next` does.
  void handOver(InterruptTarget &next);

private:
  friend class Interrupt;
  friend class InterruptScope;
  friend class WakeOnInterrupt;

  void leaveThread();
  void enterThread();
  void interrupt(uint32_t kind);

  /// w2nInterruptPending of the thread while this runs, else `kept`.
  uint32_t *pending = nullptr;
  uint32_t kept = 0;
  pthread_t handle = {};
  InterruptScope *innermost = nullptr; ///< only for the thread itself
  std::mutex lock;
  // Under the lock.
  void (*wake)(void *) = nullptr;
  void *wakeArgument = nullptr;
};

/// One piece of work, on any number of threads, that can be ended. It is raised at most once and
/// stays raised, so that neither order of raising and beginning loses anything, and nothing is left
/// over for the next piece of work. Threads: any.
class Interrupt {
public:
  using Clock = std::chrono::steady_clock;
  static constexpr Clock::time_point never = Clock::time_point::max();

  /// Raised by itself (DeadlineExceeded) at `deadline`. Errors: Limit (no thread to watch the
  /// time).
  static Result<std::shared_ptr<Interrupt>> create(Clock::time_point deadline = never);
  ~Interrupt();
  Interrupt(const Interrupt &) = delete;
  Interrupt &operator=(const Interrupt &) = delete;

  /// Whatever runs in a scope of this, and whatever begins to, ends with an error of kind
  /// Interrupted. Takes locks, so not for signal handlers.
  void raise(artifact::TrapKind kind = artifact::TrapKind::Interrupted);
  /// The kind that it was raised with, or 0.
  uint32_t raised() const { return kind; }

private:
  friend class InterruptScope;
  friend class Watchdog;

  Interrupt() = default;
  /// When to be called again: until they have left, threads are sent further signals, because the
  /// first may come just before a system call that waits.
  std::optional<Clock::time_point> onTime();
  /// In the child of a fork, which has one thread: forgets the scopes of all others, with what they
  /// held. Those of the calling thread are to be entered again.
  void leaveAllScopes();

  std::atomic<uint32_t> kind = 0;
  std::mutex lock;
  /// Under the lock.
  InterruptScope *scopes = nullptr;
  std::chrono::milliseconds patience{1};
  /// The watchdog's, under its lock: when onTime is called, and the place in its heap.
  Clock::time_point time = never;
  size_t place = 0;
  // Links of the list of all interrupts, under its lock, too.
  Interrupt *next = nullptr, *previous = nullptr;
};

/// While it lives, guests of the calling thread end when `interrupt` is raised. Scopes nest, and
/// every one counts. Lives on one thread, or in one fiber: those of the thread that resumes a fiber
/// do not count in it.
class InterruptScope {
public:
  explicit InterruptScope(std::shared_ptr<Interrupt> interrupt);
  ~InterruptScope();
  InterruptScope(const InterruptScope &) = delete;
  InterruptScope &operator=(const InterruptScope &) = delete;

  /// The calling thread's innermost scope, or null.
  static InterruptScope *current();
  /// The interrupts that the calling thread is in: for a thread that goes on with the same work.
  static std::vector<std::shared_ptr<Interrupt>> currentInterrupts();

private:
  friend class Interrupt;
  friend class Watchdog;

  /// Enters the scopes of the calling thread again, after leaveAllScopes.
  static void enterAgain();
  void enter();

  const std::shared_ptr<Interrupt> interrupt;
  InterruptTarget &target;
  InterruptScope *const outer;
  // Links of the interrupt's list, under its lock.
  InterruptScope *next = nullptr, *previous = nullptr;
};

/// While it lives, interrupting the calling thread also calls `wake(argument)`, under a lock that
/// the end of this waits for; at once if the thread is interrupted already.
class WakeOnInterrupt {
public:
  WakeOnInterrupt(void (*wake)(void *), void *argument);
  ~WakeOnInterrupt();
  WakeOnInterrupt(const WakeOnInterrupt &) = delete;
  WakeOnInterrupt &operator=(const WakeOnInterrupt &) = delete;

private:
  InterruptTarget *target;
};

/// The kind of trap with which the guests of the calling thread are to end, or 0. Other threads set
/// it at any time.
inline uint32_t pendingInterrupt() {
  return __atomic_load_n(&w2nInterruptPending, __ATOMIC_RELAXED);
}
/// Whether the guests of the calling thread are to end: long services look from time to time, and
/// return early; the crossing then leaves the guest.
inline bool isInterrupted() { return pendingInterrupt() != 0; }
/// The error with which they end.
Error interruptError();
/// Has whatever runs in the current fiber end as if it had been interrupted, up to the fiber's end.
void interruptCurrentFiber();

} // namespace w2n::runtime
