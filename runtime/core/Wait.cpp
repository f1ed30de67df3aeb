// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Wait.h"

#include "runtime/core/EventLoop.h"
#include "runtime/core/Fiber.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <sys/eventfd.h>
#include <unistd.h>
#include <vector>

namespace w2n::runtime {

void WakeToken::wake() {
  std::lock_guard guard(lock);
  woken = true;
  if (notify)
    notify(argument);
}

bool WakeToken::isWoken() const {
  std::lock_guard guard(lock);
  return woken;
}

void WakeToken::reset() {
  std::lock_guard guard(lock);
  woken = false;
}

void WakeToken::attach(void (*newNotify)(void *), void *newArgument) {
  std::lock_guard guard(lock);
  notify = newNotify;
  argument = newArgument;
  if (woken)
    notify(argument);
}

void WakeToken::detach() {
  std::lock_guard guard(lock);
  notify = nullptr;
}

namespace {

/// ppoll until the deadline.
WaitEnd pollUntil(std::span<pollfd> descriptors, Wait::Clock::time_point deadline) {
  timespec timeout = {};
  const bool hasDeadline = deadline != Wait::Clock::time_point::max();
  if (hasDeadline) {
    const auto left = std::max(deadline - Wait::Clock::now(), Wait::Clock::duration::zero());
    const int64_t ns = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    constexpr int64_t nsPerSecond = 1'000'000'000;
    timeout = {time_t(ns / nsPerSecond), long(ns % nsPerSecond)};
  }
  const int ready =
      ppoll(descriptors.data(), descriptors.size(), hasDeadline ? &timeout : nullptr, nullptr);
  if (ready > 0)
    return WaitEnd::Ready;
  if (ready == 0)
    return WaitEnd::Deadline;
  return errno == EINTR ? WaitEnd::Interrupted : WaitEnd::Failed;
}

/// Blocks the thread for descriptors and a token, which makes one more descriptor readable.
WaitEnd blockWithToken(const Wait &wait) {
  const int event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0)
    return WaitEnd::Failed;
  std::vector<pollfd> descriptors(wait.descriptors.begin(), wait.descriptors.end());
  descriptors.push_back({event, POLLIN, 0});
  wait.token->attach(
      [](void *argument) {
        const uint64_t one = 1;
        (void)!write(*static_cast<int *>(argument), &one, sizeof(one));
      },
      const_cast<int *>(&event));
  const WaitEnd end = pollUntil(descriptors, wait.deadline);
  const int reason = errno;
  wait.token->detach();
  close(event);
  errno = reason;
  std::copy_n(descriptors.begin(), wait.descriptors.size(), wait.descriptors.begin());
  return end == WaitEnd::Ready && descriptors.back().revents ? WaitEnd::Woken : end;
}

} // namespace

bool waitParks() {
  const Fiber *const fiber = Fiber::current();
  return fiber && (fiber->waiter || EventLoop::current());
}

WaitEnd wait(const Wait &wait) {
  if (isInterrupted())
    return WaitEnd::Interrupted;
  if (waitParks()) {
    FiberWaiter *const waiter = Fiber::current()->waiter;
    return waiter ? waiter->wait(wait) : EventLoop::current()->wait(wait);
  }
  return wait.token ? blockWithToken(wait) : pollUntil(wait.descriptors, wait.deadline);
}

bool waitBeforeCall(int descriptor, short events) {
  if (!waitParks())
    return true;
  pollfd waited = {descriptor, events, 0};
  return wait({.descriptors = {&waited, 1}}) != WaitEnd::Interrupted;
}

} // namespace w2n::runtime
