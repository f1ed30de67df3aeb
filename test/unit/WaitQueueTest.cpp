// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// memory.atomic.wait and notify: what is counted, who wakes, when time is up, and that no
// notification is lost.
#include "runtime/core/WaitQueue.h"

#include "runtime/core/Interrupt.h"

#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <thread>

namespace w2n::runtime {
namespace {

using namespace std::chrono_literals;

constexpr int64_t never = -1;
constexpr int64_t milliseconds = 1'000'000;

WaitResult waitFor(uint32_t &place, uint32_t expected, int64_t timeoutNs) {
  auto result = waitAt(&place, expected, timeoutNs);
  EXPECT_TRUE(result);
  return result.value_or(WaitResult::TimedOut);
}

/// Notifies until `count` threads, which are about to wait, have been woken.
void wakeAll(const uint32_t &place, uint32_t count) {
  while (count != 0) {
    count -= notify(&place, count);
    std::this_thread::yield();
  }
}

template <typename Body> std::vector<std::thread> startThreads(unsigned count, Body body) {
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < count; ++i)
    threads.emplace_back(body, i);
  return threads;
}

void join(std::vector<std::thread> &threads) {
  for (std::thread &thread : threads)
    thread.join();
}

TEST(WaitQueue, ReturnsAtOnceIfTheValueDiffers) {
  uint32_t place = 1;
  uint64_t wide = uint64_t(1) << 32;
  EXPECT_EQ(waitFor(place, 0, never), WaitResult::NotEqual);
  EXPECT_EQ(waitAt(&wide, uint64_t(0), never).value(), WaitResult::NotEqual);
}

TEST(WaitQueue, TimesOut) {
  uint32_t place = 0;
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(waitFor(place, 0, 0), WaitResult::TimedOut);
  EXPECT_EQ(waitFor(place, 0, 20 * milliseconds), WaitResult::TimedOut);
  EXPECT_GE(std::chrono::steady_clock::now() - before, 20ms);
  EXPECT_EQ(notify(&place, 1), 0u);
}

TEST(WaitQueue, TimeoutsBeyondTheClockNeverCome) {
  uint32_t place = 0;
  std::thread waiter([&] { EXPECT_EQ(waitFor(place, 0, INT64_MAX), WaitResult::Notified); });
  wakeAll(place, 1);
  waiter.join();
}

TEST(WaitQueue, NotifiesAsManyAsAsked) {
  constexpr unsigned waiters = 20;
  uint32_t place = 0;
  std::atomic<unsigned> woken = 0, ready = 0;
  auto threads = startThreads(waiters, [&](unsigned) {
    ++ready;
    EXPECT_EQ(waitFor(place, 0, never), WaitResult::Notified);
    ++woken;
  });
  EXPECT_EQ(notify(&place, 0), 0u);
  wakeAll(place, 7);
  while (woken < 7)
    std::this_thread::yield();
  // Nobody else is woken by that.
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(woken, 7u);
  wakeAll(place, waiters - 7);
  join(threads);
  EXPECT_EQ(notify(&place, UINT32_MAX), 0u);
}

TEST(WaitQueue, WakesTheAddressThatIsNamed) {
  // More than there are buckets, so that some share one.
  constexpr unsigned places = 400, waited = 399;
  std::vector<uint32_t> words(places);
  std::thread waiter([&] { EXPECT_EQ(waitFor(words[waited], 0, never), WaitResult::Notified); });
  for (unsigned i = 0; i < waited; ++i)
    EXPECT_EQ(notify(&words[i], UINT32_MAX), 0u);
  wakeAll(words[waited], 1);
  waiter.join();
}

TEST(WaitQueue, WakesTheLongestWaitingFirst) {
  uint32_t place = 0;
  std::atomic<int> first = -1, ready = 0;
  auto wait = [&](int number) {
    ++ready;
    EXPECT_EQ(waitFor(place, 0, never), WaitResult::Notified);
    int nobody = -1;
    first.compare_exchange_strong(nobody, number);
  };
  auto untilReady = [&](int count) {
    while (ready < count)
      std::this_thread::yield();
    std::this_thread::sleep_for(50ms);
  };
  std::thread early(wait, 0);
  untilReady(1);
  std::thread late(wait, 1);
  untilReady(2);
  wakeAll(place, 1);
  while (first < 0)
    std::this_thread::yield();
  EXPECT_EQ(first, 0);
  wakeAll(place, 1);
  early.join();
  late.join();
}

// Each waits for the other's number: a lost notification would hang.
TEST(WaitQueue, LosesNoNotification) {
  constexpr uint32_t rounds = 5000;
  uint32_t place = 0;
  auto threads = startThreads(2, [&](unsigned own) {
    std::atomic_ref value(place);
    for (uint32_t turn = own; turn < 2 * rounds; turn += 2) {
      for (uint32_t seen = value; seen != turn; seen = value)
        waitFor(place, seen, never);
      value = turn + 1;
      notify(&place, 1);
    }
  });
  join(threads);
  EXPECT_EQ(place, 2 * rounds);
}

// A mutex as guests build it, with timeouts that race with notifications.
TEST(WaitQueue, CarriesAMutexOfManyThreads) {
  constexpr unsigned waiters = 16, rounds = 500;
  uint32_t state = 0, count = 0;
  auto threads = startThreads(waiters, [&](unsigned own) {
    std::atomic_ref lock(state);
    for (unsigned i = 0; i < rounds; ++i) {
      while (lock.exchange(2) != 0)
        waitFor(state, 2, own % 2 ? never : 1000);
      ++count;
      if (lock.exchange(0) == 2)
        notify(&state, 1);
    }
  });
  join(threads);
  EXPECT_EQ(count, waiters * rounds);
}

TEST(WaitQueue, IsInterrupted) {
  uint32_t place = 0;
  auto interrupt = *Interrupt::create();
  std::thread waiter([&] {
    {
      InterruptScope scope(interrupt);
      // At once, because it was raised before, or in the middle.
      for (int i = 0; i < 2; ++i) {
        auto result = waitAt(&place, 0u, never);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().kind, ErrorKind::Interrupted);
      }
    }
    EXPECT_EQ(waitFor(place, 0, milliseconds), WaitResult::TimedOut);
  });
  std::this_thread::sleep_for(20ms);
  interrupt->raise();
  waiter.join();
  EXPECT_EQ(notify(&place, UINT32_MAX), 0u);
}

TEST(WaitQueue, IsInterruptedOrNotified) {
  for (int i = 0; i < 500; ++i) {
    uint32_t place = 0;
    auto interrupt = *Interrupt::create();
    std::atomic<bool> notified = false;
    std::thread waiter([&] {
      InterruptScope scope(interrupt);
      notified = waitAt(&place, 0u, never).has_value();
    });
    std::thread interrupter([&] { interrupt->raise(); });
    const uint32_t woken = notify(&place, 1);
    waiter.join();
    interrupter.join();
    EXPECT_EQ(woken == 1, notified);
  }
}

} // namespace
} // namespace w2n::runtime
