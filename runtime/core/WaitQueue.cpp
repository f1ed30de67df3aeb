// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Waiters queue in buckets by the hash of the host's address: a shared memory has one base in the
// process, so that equal addresses are the same place. The value is compared under the bucket's
// lock, which a notifier takes too: who changes the value first and notifies then finds either the
// waiter in the queue, or a waiter that will see the new value.
//
// Interrupt.cpp says in which order locks are taken.
#include "runtime/core/WaitQueue.h"

#include "runtime/core/Interrupt.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace w2n::runtime {

struct Waiter;

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
  // Fibonacci hashing: neighboring words spread over all buckets.
  const uint64_t hash = reinterpret_cast<uintptr_t>(address) * 0x9e3779b97f4a7c15u;
  return buckets[hash >> (64 - bucketBits)];
}

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

void interruptWaiter(void *argument) {
  Waiter &waiter = *static_cast<Waiter *>(argument);
  std::lock_guard lock(waiter.bucket.lock);
  if (!waiter.isSettled())
    waiter.settle(Waiter::State::Interrupted);
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

template <typename T> Result<WaitResult> waitAt(T *address, T expected, int64_t timeoutNs) {
  const auto deadline = deadlineAfter(timeoutNs);
  Waiter waiter(address);
  WakeOnInterrupt registration(interruptWaiter, &waiter);
  std::unique_lock lock(waiter.bucket.lock);
  if (waiter.isSettled())
    return std::unexpected(interruptError());
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
    return std::unexpected(interruptError());
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

} // namespace w2n::runtime
