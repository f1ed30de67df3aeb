// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Watchdog.h"

#include <csignal>
#include <cstring>
#include <pthread.h>

namespace w2n::runtime {

// Never destroyed: the thread may still run while the process ends.
Watchdog &Watchdog::instance() {
  static auto &watchdog = *new Watchdog;
  return watchdog;
}

Watchdog::Watchdog() {
  pthread_cond_init(&wake, nullptr);
  pthread_atfork([] { instance().lock.lock(); }, [] { instance().lock.unlock(); },
                 [] { instance().beginAgainInChild(); });
}

// As with timers of the system, no deadline is pending in the child of a fork. Threads other than
// the one that forked are gone, and what they had on their stacks belongs to whoever comes next.
void Watchdog::beginAgainInChild() {
  pthread_cond_init(&wake, nullptr);
  isRunning = false;
  for (Interrupt *interrupt : heap)
    interrupt->time = Interrupt::never;
  heap.clear();
  for (Interrupt *interrupt = all; interrupt; interrupt = interrupt->next)
    interrupt->leaveAllScopes();
  InterruptScope::enterAgain();
  lock.unlock();
}

void *Watchdog::run(void *) {
  instance().loop();
  return nullptr;
}

namespace {

/// Whether the system lets this process interrupt its threads: a filter of system calls may not,
/// and a deadline would pass without anything happening. No signal is sent, it is only asked.
int reasonAgainstSignals() { return pthread_sigqueue(pthread_self(), 0, {}); }

} // namespace

/// With every signal blocked: none is for this thread.
void Watchdog::startThread() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  sleepsUntil = Clock::time_point::min();
  isRunning = pthread_create(&thread, &attributes, run, nullptr) == 0;
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Watchdog::loop() {
  std::unique_lock guard(lock);
  while (true) {
    const auto now = Clock::now();
    if (heap.empty() || heap.front()->time > now) {
      sleepsUntil = heap.empty() ? Clock::time_point::max() : heap.front()->time;
      if (heap.empty()) {
        pthread_cond_wait(&wake, lock.native_handle());
        continue;
      }
      const auto sinceBoot =
          std::chrono::duration_cast<std::chrono::nanoseconds>(sleepsUntil.time_since_epoch());
      constexpr int64_t nsPerSecond = 1'000'000'000;
      const timespec until = {time_t(sinceBoot.count() / nsPerSecond),
                              long(sinceBoot.count() % nsPerSecond)};
      pthread_cond_clockwait(&wake, lock.native_handle(), CLOCK_MONOTONIC, &until);
      continue;
    }
    Interrupt &interrupt = *heap.front();
    const auto next = interrupt.onTime();
    interrupt.time = next.value_or(Interrupt::never);
    if (next)
      siftDown(interrupt.place);
    else
      removeFromHeap(interrupt);
  }
}

Status Watchdog::set(Interrupt &interrupt, Clock::time_point time) {
  Watchdog &self = instance();
  std::lock_guard guard(self.lock);
  if (!self.isRunning) [[unlikely]] {
    if (const int reason = reasonAgainstSignals())
      return fail(ErrorKind::Unsupported,
                  std::string("deadlines cannot be kept: the system forbids rt_tgsigqueueinfo: ") +
                      std::strerror(reason));
    self.startThread();
  }
  if (!self.isRunning)
    return fail(ErrorKind::Limit,
                "deadlines cannot be kept: the system gives no thread to watch them");
  if (interrupt.time == Interrupt::never) {
    self.heap.push_back(&interrupt);
    interrupt.place = self.heap.size() - 1;
  }
  interrupt.time = time;
  self.siftUp(interrupt.place);
  self.siftDown(interrupt.place);
  if (time < self.sleepsUntil)
    pthread_cond_signal(&self.wake);
  return {};
}

void Watchdog::add(Interrupt &interrupt) {
  Watchdog &self = instance();
  std::lock_guard guard(self.lock);
  interrupt.next = self.all;
  if (self.all)
    self.all->previous = &interrupt;
  self.all = &interrupt;
}

void Watchdog::remove(Interrupt &interrupt) {
  Watchdog &self = instance();
  std::lock_guard guard(self.lock);
  if (interrupt.time != Interrupt::never)
    self.removeFromHeap(interrupt);
  (interrupt.previous ? interrupt.previous->next : self.all) = interrupt.next;
  if (interrupt.next)
    interrupt.next->previous = interrupt.previous;
}

void Watchdog::removeFromHeap(Interrupt &interrupt) {
  const size_t place = interrupt.place;
  interrupt.time = Interrupt::never;
  Interrupt *last = heap.back();
  heap.pop_back();
  if (last == &interrupt)
    return;
  put(last, place);
  siftUp(place);
  siftDown(last->place);
}

void Watchdog::put(Interrupt *interrupt, size_t place) {
  heap[place] = interrupt;
  interrupt->place = place;
}

void Watchdog::siftUp(size_t place) {
  Interrupt *moving = heap[place];
  for (; place > 0 && moving->time < heap[(place - 1) / 2]->time; place = (place - 1) / 2)
    put(heap[(place - 1) / 2], place);
  put(moving, place);
}

void Watchdog::siftDown(size_t place) {
  Interrupt *moving = heap[place];
  while (true) {
    size_t child = 2 * place + 1;
    if (child + 1 < heap.size() && heap[child + 1]->time < heap[child]->time)
      ++child;
    if (child >= heap.size() || heap[child]->time >= moving->time)
      break;
    put(heap[child], place);
    place = child;
  }
  put(moving, place);
}

} // namespace w2n::runtime
