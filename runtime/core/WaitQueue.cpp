// Waiters queue in buckets by the hash of the host's address: a shared memory has one base in the
// process, so that equal addresses are the same place. The value is compared under the bucket's
// lock, which a notifier takes too: who changes the value first and notifies then finds either the
// waiter in the queue, or a waiter that will see the new value.
//
// Lock order: an Interruption's lock, then a bucket's.
#include "runtime/core/WaitQueue.h"

#include <atomic>
#include <chrono>
#include <condition_variable>

namespace w2n::runtime {

namespace {

using Clock = std::chrono::steady_clock;

struct alignas(64) Bucket {
  std::mutex lock;
  Waiter *first = nullptr, *last = nullptr;

  void append(Waiter &waiter);
  void remove(Waiter &waiter);
};

Bucket &bucketAt(const void *address) {
  constexpr size_t bucketBits = 8;
  static Bucket buckets[size_t(1) << bucketBits];
  // Fibonacci hashing: neighbouring words spread over all buckets.
  const uint64_t hash = reinterpret_cast<uintptr_t>(address) * 0x9e3779b97f4a7c15u;
  return buckets[hash >> (64 - bucketBits)];
}

constinit thread_local Interruption *currentInterruption = nullptr;

} // namespace

/// On the stack of a thread that waits. What changes is under the bucket's lock.
struct Waiter {
  explicit Waiter(const void *address) : address(address), bucket(bucketAt(address)) {}

  enum class State { Waiting, Notified, Interrupted };
  bool isSettled() const { return state != State::Waiting; }
  /// Under the lock to the end: then `wake` may go.
  void settle(State newState) {
    state = newState;
    wake.notify_one();
  }

  const void *const address;
  Bucket &bucket;
  State state = State::Waiting;
  std::condition_variable wake;
  Waiter *previous = nullptr, *next = nullptr;
};

namespace {

void Bucket::append(Waiter &waiter) {
  waiter.previous = last;
  (last ? last->next : first) = &waiter;
  last = &waiter;
}

void Bucket::remove(Waiter &waiter) {
  (waiter.previous ? waiter.previous->next : first) = waiter.next;
  (waiter.next ? waiter.next->previous : last) = waiter.previous;
}

/// Nothing if it never comes.
std::optional<Clock::time_point> deadlineAfter(int64_t timeoutNs) {
  const Clock::time_point now = Clock::now();
  const std::chrono::nanoseconds timeout(timeoutNs);
  if (timeoutNs < 0 || timeout > Clock::time_point::max() - now)
    return std::nullopt;
  return now + timeout;
}

} // namespace

/// Makes a waiter known to its thread's Interruption.
class WaitRegistration {
public:
  explicit WaitRegistration(Waiter &waiter) : interruption(currentInterruption) {
    if (!interruption)
      return;
    std::lock_guard lock(interruption->lock);
    interruption->waiter = &waiter;
    if (interruption->raised)
      waiter.state = Waiter::State::Interrupted;
  }
  ~WaitRegistration() {
    if (!interruption)
      return;
    std::lock_guard lock(interruption->lock);
    interruption->waiter = nullptr;
  }
  /// Only if the waiter was interrupted: `raised` does not change any more.
  std::unexpected<Error> error() const { return std::unexpected(*interruption->raised); }

private:
  Interruption *interruption;
};

template <typename T> Result<WaitResult> waitAt(T *address, T expected, int64_t timeoutNs) {
  const auto deadline = deadlineAfter(timeoutNs);
  Waiter waiter(address);
  WaitRegistration registration(waiter);
  std::unique_lock lock(waiter.bucket.lock);
  if (waiter.isSettled())
    return registration.error();
  if (std::atomic_ref(*address).load() != expected)
    return WaitResult::NotEqual;
  waiter.bucket.append(waiter);
  while (!waiter.isSettled()) {
    if (!deadline)
      waiter.wake.wait(lock);
    else if (waiter.wake.wait_until(lock, *deadline) == std::cv_status::timeout)
      break;
  }
  if (waiter.state == Waiter::State::Notified)
    return WaitResult::Notified;
  waiter.bucket.remove(waiter);
  if (waiter.state == Waiter::State::Interrupted)
    return registration.error();
  return WaitResult::TimedOut;
}

template Result<WaitResult> waitAt(uint32_t *, uint32_t, int64_t);
template Result<WaitResult> waitAt(uint64_t *, uint64_t, int64_t);

uint32_t notify(const void *address, uint32_t count) {
  Bucket &bucket = bucketAt(address);
  std::lock_guard lock(bucket.lock);
  uint32_t woken = 0;
  for (Waiter *waiter = bucket.first; waiter && woken < count;) {
    Waiter &candidate = *waiter;
    waiter = waiter->next;
    if (candidate.address != address || candidate.isSettled())
      continue;
    bucket.remove(candidate);
    candidate.settle(Waiter::State::Notified);
    ++woken;
  }
  return woken;
}

void Interruption::raise(Error error) {
  std::lock_guard ownLock(lock);
  if (raised)
    return;
  raised = std::move(error);
  if (!waiter)
    return;
  std::lock_guard bucketLock(waiter->bucket.lock);
  if (!waiter->isSettled())
    waiter->settle(Waiter::State::Interrupted);
}

InterruptionScope::InterruptionScope(Interruption &interruption) : previous(currentInterruption) {
  currentInterruption = &interruption;
}

InterruptionScope::~InterruptionScope() { currentInterruption = previous; }

} // namespace w2n::runtime
