// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A waiter is on the stack of its fiber, and settled once: by a descriptor, by its time, or by
// another thread, which puts it into `woken`. Descriptors are told to the system once and then
// changed (EPOLLONESHOT), which is one system call for each wait; a descriptor that was closed
// meanwhile is told again.
#include "runtime/core/EventLoop.h"

#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace w2n::runtime {

namespace {

constinit thread_local EventLoop *currentLoop = nullptr;

// The bits of poll and epoll are the same on Linux.
static_assert(POLLIN == EPOLLIN && POLLOUT == EPOLLOUT && POLLERR == EPOLLERR &&
              POLLHUP == EPOLLHUP);

} // namespace

struct EventLoop::Waiter {
  EventLoop &loop;
  Fiber &fiber;
  std::span<pollfd> descriptors;
  Timers::iterator timer;
  bool hasTimer = false;
  bool isSettled = false;
  WaitEnd end = WaitEnd::Deadline;
  bool isQueued = false; ///< in `woken`, under its lock
};

EventLoop *EventLoop::current() { return currentLoop; }

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  if (currentLoop)
    return fail(ErrorKind::Invalid, "the thread has an event loop");
  std::unique_ptr<EventLoop> loop(new EventLoop);
  loop->epoll = epoll_create1(EPOLL_CLOEXEC);
  loop->wakeEvent = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event = {.events = EPOLLIN, .data = {.fd = loop->wakeEvent}};
  if (loop->epoll < 0 || loop->wakeEvent < 0 ||
      epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wakeEvent, &event) != 0)
    return platform::failWithErrno("cannot make an event loop");
  currentLoop = loop.get();
  return loop;
}

EventLoop::~EventLoop() {
  assert(liveFibers == 0 && "fibers of a loop end before it");
  if (currentLoop == this)
    currentLoop = nullptr;
  for (int descriptor : {epoll, wakeEvent})
    if (descriptor >= 0)
      close(descriptor);
}

Status EventLoop::spawn(Fiber::Function function, FiberOptions options) {
  W2N_TRY(fiber, Fiber::create(std::move(function), options));
  ++liveFibers;
  ready.push_back(fiber.release());
  return {};
}

void EventLoop::stop() {
  std::lock_guard guard(lock);
  isStopped = true;
  const uint64_t one = 1;
  (void)!write(wakeEvent, &one, sizeof(one));
}

void EventLoop::wakeFromAnywhere(void *argument) {
  Waiter &waiter = *static_cast<Waiter *>(argument);
  EventLoop &loop = waiter.loop;
  std::lock_guard guard(loop.lock);
  if (waiter.isQueued)
    return;
  waiter.isQueued = true;
  loop.woken.push_back(&waiter);
  if (std::exchange(loop.isSignaled, true))
    return;
  const uint64_t one = 1;
  (void)!write(loop.wakeEvent, &one, sizeof(one));
}

/// Tells the system of all that is waited for. False, with errno, if it cannot be waited for.
bool EventLoop::tell(int descriptor, Watched &entry) {
  uint32_t events = EPOLLONESHOT;
  for (const Waiter *waiter : entry.waiters)
    for (const pollfd &waited : waiter->descriptors)
      if (waited.fd == descriptor)
        events |= uint32_t(uint16_t(waited.events)) & (EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP);
  epoll_event event = {.events = events, .data = {.fd = descriptor}};
  const int first = entry.isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  bool isTold = epoll_ctl(epoll, first, descriptor, &event) == 0;
  if (!isTold && (errno == ENOENT || errno == EEXIST))
    isTold =
        epoll_ctl(epoll, entry.isKnown ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event) == 0;
  entry.isKnown = isTold;
  return isTold;
}

/// False if the wait is over: what epoll does not know, such as files, is always ready.
bool EventLoop::watch(Waiter &waiter, pollfd &descriptor) {
  descriptor.revents = 0;
  if (descriptor.fd < 0)
    return true;
  Watched &entry = watched[descriptor.fd];
  entry.waiters.push_back(&waiter);
  if (tell(descriptor.fd, entry))
    return true;
  const int reason = errno;
  std::erase(entry.waiters, &waiter);
  if (reason == EPERM)
    descriptor.revents = short(descriptor.events & (POLLIN | POLLOUT));
  else if (reason == EBADF)
    descriptor.revents = POLLNVAL;
  waiter.end = descriptor.revents ? WaitEnd::Ready : WaitEnd::Failed;
  errno = reason;
  return false;
}

void EventLoop::forget(Waiter &waiter) {
  for (const pollfd &descriptor : waiter.descriptors) {
    const auto found = watched.find(descriptor.fd);
    if (found == watched.end())
      continue;
    std::erase(found->second.waiters, &waiter);
  }
  if (waiter.hasTimer)
    timers.erase(waiter.timer);
  waiter.hasTimer = false;
}

void EventLoop::settle(Waiter &waiter, WaitEnd end) {
  if (waiter.isSettled)
    return;
  waiter.isSettled = true;
  waiter.end = end;
  ready.push_back(&waiter.fiber);
}

WaitEnd EventLoop::wait(const Wait &wait) {
  Waiter waiter = {*this, *Fiber::current(), wait.descriptors, {}};
  for (pollfd &descriptor : wait.descriptors)
    if (!watch(waiter, descriptor)) {
      const int reason = errno;
      forget(waiter);
      errno = reason;
      return waiter.end;
    }
  if (wait.deadline != Clock::time_point::max()) {
    waiter.timer = timers.emplace(wait.deadline, &waiter);
    waiter.hasTimer = true;
  }
  {
    WakeOnInterrupt onInterrupt(wakeFromAnywhere, &waiter);
    if (wait.token)
      wait.token->attach(wakeFromAnywhere, &waiter);
    Fiber::park();
    if (wait.token)
      wait.token->detach();
  }
  // Nobody wakes it any more.
  {
    std::lock_guard guard(lock);
    if (waiter.isQueued)
      std::erase(woken, &waiter);
  }
  forget(waiter);
  if (isInterrupted())
    return WaitEnd::Interrupted;
  return waiter.end;
}

void EventLoop::yield() {
  ready.push_back(Fiber::current());
  Fiber::park();
}

void EventLoop::onEvents(int descriptor, uint32_t events) {
  const auto found = watched.find(descriptor);
  if (found == watched.end())
    return;
  Watched &entry = found->second;
  bool isLeft = false;
  for (Waiter *waiter : entry.waiters) {
    bool isReady = false;
    for (pollfd &waited : waiter->descriptors) {
      if (waited.fd != descriptor)
        continue;
      waited.revents = short(events & (uint32_t(uint16_t(waited.events)) | EPOLLERR | EPOLLHUP));
      isReady |= waited.revents != 0;
    }
    if (isReady)
      settle(*waiter, WaitEnd::Ready);
    else
      isLeft = true;
  }
  // The others wait for something else.
  if (isLeft) {
    std::erase_if(entry.waiters, [](const Waiter *waiter) { return waiter->isSettled; });
    tell(descriptor, entry);
  }
}

void EventLoop::takeWoken() {
  uint64_t count;
  (void)!read(wakeEvent, &count, sizeof(count));
  std::lock_guard guard(lock);
  isSignaled = false;
  for (Waiter *waiter : std::exchange(woken, {})) {
    waiter->isQueued = false;
    settle(*waiter, WaitEnd::Woken);
  }
}

void EventLoop::takeTimers() {
  if (timers.empty())
    return;
  for (const auto now = Clock::now(); !timers.empty() && timers.begin()->first <= now;) {
    Waiter &waiter = *timers.begin()->second;
    timers.erase(timers.begin());
    waiter.hasTimer = false;
    settle(waiter, WaitEnd::Deadline);
  }
}

/// Resumes fibers that are ready; what they make ready comes after another look at the system.
void EventLoop::runReady() {
  for (size_t count = ready.size(); count > 0; --count) {
    Fiber *fiber = ready.front();
    ready.pop_front();
    fiber->resume();
    if (fiber->isDone()) {
      delete fiber;
      --liveFibers;
    }
  }
}

Status EventLoop::runOnce(std::chrono::nanoseconds timeout) {
  constexpr int maxEvents = 256;
  epoll_event events[maxEvents];
  if (!ready.empty())
    timeout = {};
  if (timeout.count() != 0 && !timers.empty()) {
    const auto left = std::max(timers.begin()->first - Clock::now(), Clock::duration::zero());
    if (timeout.count() < 0 || left < timeout)
      timeout = left;
  }
  // Rounded up: a timer must be over when the wait is.
  constexpr int64_t nsPerMs = 1'000'000, maxMs = 3'600'000;
  const int64_t ms = std::min((timeout.count() + nsPerMs - 1) / nsPerMs, maxMs);
  const int count = epoll_wait(epoll, events, maxEvents, timeout.count() < 0 ? -1 : int(ms));
  if (count < 0 && errno != EINTR)
    return platform::failWithErrno("cannot wait for events");
  for (int i = 0; i < count; ++i) {
    if (events[i].data.fd == wakeEvent)
      takeWoken();
    else
      onEvents(events[i].data.fd, events[i].events);
  }
  takeTimers();
  runReady();
  return {};
}

Status EventLoop::run() {
  while (liveFibers != 0) {
    {
      std::lock_guard guard(lock);
      if (std::exchange(isStopped, false))
        return {};
    }
    W2N_CHECK(runOnce(std::chrono::nanoseconds(-1)));
  }
  return {};
}

} // namespace w2n::runtime
