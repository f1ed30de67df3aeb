// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The one thread of the process that looks at the clock for all interrupts. It starts with the
// first and never ends. A timer of the system for each deadline would cost two system calls; here
// setting and clearing one is a few tens of nanoseconds, since the thread is woken only for what
// comes before everything that it waits for.
#pragma once

#include "runtime/core/Interrupt.h"

namespace w2n::runtime {

class Watchdog {
public:
  /// Makes `interrupt` known: for the child of a fork, where no deadline is pending and all threads
  /// but one are gone.
  static void add(Interrupt &interrupt);
  /// The end of that. Returns when onTime neither runs nor will run.
  static void remove(Interrupt &interrupt);
  /// Calls onTime at `time`, and as often as it asks for; in place of what was set before. Errors:
  /// Limit (no thread).
  static Status set(Interrupt &interrupt, Interrupt::Clock::time_point time);

private:
  using Clock = Interrupt::Clock;

  static Watchdog &instance();
  Watchdog();
  static void *run(void *);
  void startThread();
  void loop();
  void removeFromHeap(Interrupt &interrupt);
  void beginAgainInChild();
  void siftUp(size_t place);
  void siftDown(size_t place);
  void put(Interrupt *interrupt, size_t place);

  std::mutex lock;
  // Under the lock.
  bool isRunning = false;
  /// A binary heap, earliest first.
  std::vector<Interrupt *> heap;
  Interrupt *all = nullptr;
  /// Nothing before this needs a notification.
  Clock::time_point sleepsUntil = Clock::time_point::min();
  pthread_cond_t wake;
};

} // namespace w2n::runtime
