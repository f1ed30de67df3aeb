// memory.atomic.wait and memory.atomic.notify (threads proposal): threads that sleep until another
// one names the address that they wait at.
#pragma once

#include "lib/support/Error.h"

#include <mutex>
#include <optional>

namespace w2n::runtime {

struct Waiter;

/// What a wait returns to the guest.
enum class WaitResult : uint32_t { Notified = 0, NotEqual = 1, TimedOut = 2 };

/// Waits at `address`, in a shared memory, until it is notified or `timeoutNs` is over; a negative
/// timeout never is. NotEqual at once if the value there is not `expected`: that comparison and
/// falling asleep are one step for whoever notifies, so that no notification is lost. Errors: what
/// the thread's Interruption was raised with. Threads: any.
template <typename T> Result<WaitResult> waitAt(T *address, T expected, int64_t timeoutNs);
extern template Result<WaitResult> waitAt(uint32_t *, uint32_t, int64_t);
extern template Result<WaitResult> waitAt(uint64_t *, uint64_t, int64_t);

/// Wakes at most `count` of the threads that wait at `address`, the longest waiting first; returns
/// how many. Threads: any.
uint32_t notify(const void *address, uint32_t count);

/// Asks one thread to stop waiting: the one place where a wait ends before its time. The thread
/// announces it with InterruptionScope.
class Interruption {
public:
  Interruption() = default;
  Interruption(const Interruption &) = delete;
  Interruption &operator=(const Interruption &) = delete;

  /// The wait that the thread is in, and every later one, fails with `error`. Only the first call
  /// counts. Threads: any; takes locks, so not for signal handlers.
  void raise(Error error);

private:
  friend class WaitRegistration;
  std::mutex lock;
  std::optional<Error> raised;
  Waiter *waiter = nullptr;
};

/// While it lives, waits of the calling thread end when `interruption` is raised.
class InterruptionScope {
public:
  explicit InterruptionScope(Interruption &interruption);
  ~InterruptionScope();
  InterruptionScope(const InterruptionScope &) = delete;
  InterruptionScope &operator=(const InterruptionScope &) = delete;

private:
  Interruption *previous;
};

} // namespace w2n::runtime
