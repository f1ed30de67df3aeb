// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Lock order: the watchdog's lock, an interrupt's, a thread's, a wait queue's.
#include "runtime/core/Interrupt.h"

#include "runtime/core/Activation.h"
#include "runtime/core/Thread.h"
#include "runtime/core/Watchdog.h"
#include "runtime/platform/Faults.h"

#include <cassert>
#include <new>

namespace w2n::runtime {

using artifact::TrapKind;

extern "C" {
constinit thread_local uint32_t w2nInterruptPending = 0;
}

namespace {

/// The thread's own.
constinit thread_local InterruptTarget ofThread;
/// The target of the fiber that runs, or null.
constinit thread_local InterruptTarget *ofFiber = nullptr;

void setPending(uint32_t &pending, uint32_t kind) {
  __atomic_store_n(&pending, kind, __ATOMIC_SEQ_CST);
}

} // namespace

/// Prepares the calling thread the first time, when nobody else knows of it yet. Its handle stays
/// the same in the child of a fork.
InterruptTarget &InterruptTarget::current() {
  if (ofFiber)
    return *ofFiber;
  if (!ofThread.pending) [[unlikely]] {
    ofThread.pending = &w2nInterruptPending;
    ofThread.handle = pthread_self();
    platform::unblockInterruptSignal();
  }
  return ofThread;
}

// Without a scope nobody else knows of a target.
void InterruptTarget::leaveThread() {
  auto guard = innermost ? std::unique_lock(lock) : std::unique_lock<std::mutex>();
  kept = pendingInterrupt();
  pending = &kept;
}

void InterruptTarget::enterThread() {
  auto guard = innermost ? std::unique_lock(lock) : std::unique_lock<std::mutex>();
  setPending(w2nInterruptPending, kept);
  pending = &w2nInterruptPending;
  handle = ofThread.handle;
  ofFiber = this == &ofThread ? nullptr : this;
}

void InterruptTarget::handOver(InterruptTarget &next) {
  leaveThread();
  next.enterThread();
}

void InterruptTarget::interrupt(uint32_t kind) {
  std::lock_guard guard(lock);
  setPending(*pending, kind);
  if (pending != &kept)
    platform::interruptThread(handle);
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
      scope->target.interrupt(kind);
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
    scope->target.interrupt(kind);
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
    : interrupt(std::move(newInterrupt)), target(InterruptTarget::current()),
      outer(target.innermost) {
  target.innermost = this;
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
    setPending(*target.pending, kind);
}

void InterruptScope::enterAgain() {
  InterruptTarget &target = InterruptTarget::current();
  new (&target.lock) std::mutex;
  for (InterruptScope *scope = target.innermost; scope; scope = scope->outer)
    scope->enter();
}

InterruptScope::~InterruptScope() {
  assert(target.innermost == this && "scopes nest");
  {
    std::lock_guard guard(interrupt->lock);
    (previous ? previous->next : interrupt->scopes) = next;
    if (next)
      next->previous = previous;
  }
  target.innermost = outer;
  if (!isInterrupted()) [[likely]]
    return;
  // Whoever raises another interrupt meanwhile notes that before it sets the flag: either it sets
  // the flag again, or this sees what it noted.
  setPending(*target.pending, 0);
  for (InterruptScope *scope = outer; scope; scope = scope->outer)
    if (uint32_t kind = scope->interrupt->raised())
      setPending(*target.pending, kind);
}

InterruptScope *InterruptScope::current() { return InterruptTarget::current().innermost; }

std::vector<std::shared_ptr<Interrupt>> InterruptScope::currentInterrupts() {
  std::vector<std::shared_ptr<Interrupt>> interrupts;
  for (const InterruptScope *scope = current(); scope; scope = scope->outer)
    interrupts.push_back(scope->interrupt);
  return interrupts;
}

WakeOnInterrupt::WakeOnInterrupt(void (*wake)(void *), void *argument)
    : target(&InterruptTarget::current()) {
  if (!target->innermost)
    target = nullptr;
  if (!target)
    return;
  std::lock_guard guard(target->lock);
  target->wake = wake;
  target->wakeArgument = argument;
  // Whoever sets the flag after this finds `wake`.
  if (isInterrupted())
    wake(argument);
}

WakeOnInterrupt::~WakeOnInterrupt() {
  if (!target)
    return;
  std::lock_guard guard(target->lock);
  target->wake = nullptr;
}

void interruptCurrentFiber() { setPending(w2nInterruptPending, uint32_t(TrapKind::Interrupted)); }

Error interruptError() { return trapError(TrapKind(pendingInterrupt())); }

} // namespace w2n::runtime
