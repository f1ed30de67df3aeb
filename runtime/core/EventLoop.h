// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The scheduler of a thread: fibers that wait for descriptors, for a time or for other threads, and
// the thread that goes from one that can go on to the next (epoll).
#pragma once

#include "runtime/core/Fiber.h"
#include "runtime/core/Wait.h"

#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace w2n::runtime {

/// One for a thread, which it belongs to from its creation to its end.
class EventLoop {
public:
  using Clock = Wait::Clock;

  /// Errors: Io; Invalid if the thread has one.
  static Result<std::unique_ptr<EventLoop>> create();
  /// No fiber is left.
  ~EventLoop();
  EventLoop(const EventLoop &) = delete;
  EventLoop &operator=(const EventLoop &) = delete;

  /// The calling thread's, or null.
  static EventLoop *current();

  /// A fiber for `function`, which begins when the loop gets to it. Errors: Limit.
  Status spawn(Fiber::Function function, FiberOptions options = {});
  /// The number of fibers that have not ended.
  size_t fiberCount() const { return liveFibers; }

  /// Lets everything run that can, after waiting for that at most `timeout` (negative: without end;
  /// zero where a fiber is ready). Errors: Io.
  Status runOnce(std::chrono::nanoseconds timeout);
  /// runOnce until no fiber is left, or stop().
  Status run();
  /// Ends run(). Threads: any.
  void stop();

  /// Readable when runOnce has something to do: for a loop of the host's own.
  int pollDescriptor() const { return epoll; }

  /// Parks the current fiber, which is of this loop's thread.
  WaitEnd wait(const Wait &wait);
  /// Lets the others run that can.
  void yield();

private:
  struct Waiter;
  /// The waiters for a descriptor, and what the system was told of it.
  struct Watched {
    std::vector<Waiter *> waiters;
    uint32_t events = 0;
    bool isKnown = false;
  };
  using Timers = std::multimap<Clock::time_point, Waiter *>;

  EventLoop() = default;
  void start(Fiber &fiber);
  bool watch(Waiter &waiter, pollfd &descriptor);
  bool tell(int descriptor, Watched &watched);
  void forget(Waiter &waiter);
  void onEvents(int descriptor, uint32_t events);
  void settle(Waiter &waiter, WaitEnd end);
  void takeWoken();
  void takeTimers();
  void runReady();
  static void wakeFromAnywhere(void *waiter);

  int epoll = -1, wakeEvent = -1;
  size_t liveFibers = 0;
  std::deque<Fiber *> ready;
  std::unordered_map<int, Watched> watched;
  Timers timers;

  std::mutex lock;
  // Under the lock.
  std::vector<Waiter *> woken;
  bool isStopped = false;
  bool isSignaled = false;
};

} // namespace w2n::runtime
