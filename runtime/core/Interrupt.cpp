// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Lock order: the watchdog's lock, an interrupt's, a thread's, a wait queue's.
#include "runtime/core/Interrupt.h"

#include "runtime/core/Activation.h"
#include "runtime/core/Thread.h"
#include "runtime/core/Watchdog.h"
#include "runtime/platform/Faults.h"

#include <cassert>
#include <new>
#include <pthread.h>

namespace w2n::runtime {

using artifact::TrapKind;

extern "C" {
constinit thread_local uint32_t w2nInterruptPending = 0;
}

/// The part of a thread that others reach while it is in a scope.
struct InterruptibleThread {
  uint32_t *pending = nullptr;
  pthread_t handle = {};
  InterruptScope *innermost = nullptr; ///< the thread's own
  std::mutex lock;
  // Under the lock.
  void (*wake)(void *) = nullptr;
  void *wakeArgument = nullptr;

  void interrupt(uint32_t kind);
};

namespace {

constinit thread_local InterruptibleThread thisThread;

/// Prepares the calling thread the first time, when nobody else knows of it yet. Its handle stays
/// the same in the child of a fork.
InterruptibleThread &enterThread() {
  if (!thisThread.pending) [[unlikely]] {
    thisThread.pending = &w2nInterruptPending;
    thisThread.handle = pthread_self();
    platform::unblockInterruptSignal();
  }
  return thisThread;
}

void setPending(uint32_t &pending, uint32_t kind) {
  __atomic_store_n(&pending, kind, __ATOMIC_SEQ_CST);
}

} // namespace

void InterruptibleThread::interrupt(uint32_t kind) {
  setPending(*pending, kind);
  platform::interruptThread(handle);
  std::lock_guard guard(lock);
  if (wake)
    wake(wakeArgument);
}

Result<std::shared_ptr<Interrupt>> Interrupt::create(Clock::time_point deadline) {
  installHandlers();
  W2N_CHECK(platform::installInterruptHandler());
  std::shared_ptr<Interrupt> interrupt(new Interrupt);
  Watchdog::add(*interrupt);
  if (deadline != never)
    W2N_CHECK(Watchdog::set(*interrupt, deadline));
  return interrupt;
}

Interrupt::~Interrupt() { Watchdog::remove(*this); }

void Interrupt::raise(TrapKind raisedKind) {
  Clock::time_point again;
  {
    std::lock_guard guard(lock);
    if (kind != 0)
      return;
    kind = uint32_t(raisedKind);
    for (InterruptScope *scope = scopes; scope; scope = scope->next)
      scope->thread.interrupt(kind);
    // A deadline that passes from here on makes the watchdog more patient.
    again = Clock::now() + patience;
  }
  // Without it, a thread that is just about to wait in a system call might do so.
  (void)Watchdog::set(*this, again);
}

std::optional<Interrupt::Clock::time_point> Interrupt::onTime() {
  constexpr std::chrono::milliseconds greatestPatience(64);
  std::lock_guard guard(lock);
  uint32_t none = 0;
  if (!kind.compare_exchange_strong(none, uint32_t(TrapKind::DeadlineExceeded)))
    patience = std::min(2 * patience, greatestPatience);
  for (InterruptScope *scope = scopes; scope; scope = scope->next)
    scope->thread.interrupt(kind);
  if (!scopes)
    return std::nullopt;
  return Clock::now() + patience;
}

// A mutex that a thread held which is not there any more is replaced, not unlocked.
void Interrupt::leaveAllScopes() {
  new (&lock) std::mutex;
  scopes = nullptr;
}

InterruptScope::InterruptScope(std::shared_ptr<Interrupt> newInterrupt)
    : interrupt(std::move(newInterrupt)), thread(enterThread()), outer(thread.innermost) {
  thread.innermost = this;
  enter();
}

void InterruptScope::enter() {
  std::lock_guard guard(interrupt->lock);
  previous = nullptr;
  next = interrupt->scopes;
  if (next)
    next->previous = this;
  interrupt->scopes = this;
  if (uint32_t kind = interrupt->raised())
    setPending(*thread.pending, kind);
}

void InterruptScope::enterAgain() {
  new (&thisThread.lock) std::mutex;
  for (InterruptScope *scope = thisThread.innermost; scope; scope = scope->outer)
    scope->enter();
}

InterruptScope::~InterruptScope() {
  assert(thread.innermost == this && "scopes nest");
  {
    std::lock_guard guard(interrupt->lock);
    (previous ? previous->next : interrupt->scopes) = next;
    if (next)
      next->previous = previous;
  }
  thread.innermost = outer;
  if (!isInterrupted()) [[likely]]
    return;
  // Whoever raises another interrupt meanwhile notes that before it sets the flag: either it sets
  // the flag again, or this sees what it noted.
  setPending(*thread.pending, 0);
  for (InterruptScope *scope = outer; scope; scope = scope->outer)
    if (uint32_t kind = scope->interrupt->raised())
      setPending(*thread.pending, kind);
}

InterruptScope *InterruptScope::current() { return thisThread.innermost; }

std::vector<std::shared_ptr<Interrupt>> InterruptScope::currentInterrupts() {
  std::vector<std::shared_ptr<Interrupt>> interrupts;
  for (const InterruptScope *scope = current(); scope; scope = scope->outer)
    interrupts.push_back(scope->interrupt);
  return interrupts;
}

WakeOnInterrupt::WakeOnInterrupt(void (*wake)(void *), void *argument)
    : thread(thisThread.innermost ? &thisThread : nullptr) {
  if (!thread)
    return;
  std::lock_guard guard(thread->lock);
  thread->wake = wake;
  thread->wakeArgument = argument;
  // Whoever sets the flag after this finds `wake`.
  if (isInterrupted())
    wake(argument);
}

WakeOnInterrupt::~WakeOnInterrupt() {
  if (!thread)
    return;
  std::lock_guard guard(thread->lock);
  thread->wake = nullptr;
}

Error interruptError() { return trapError(TrapKind(pendingInterrupt())); }

} // namespace w2n::runtime
