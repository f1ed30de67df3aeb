// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Deadlines, and ending a guest from another thread.
#include "runtime/core/Interrupt.h"

#include "runtime/api/Handles.h"
#include "runtime/platform/Faults.h"

using namespace w2n;

struct w2n_interrupt {
  std::shared_ptr<runtime::Interrupt> interrupt;
};

w2n_error *w2n_interrupt_new(uint64_t timeoutNs, w2n_interrupt **out) {
  using Clock = runtime::Interrupt::Clock;
  const auto now = Clock::now();
  const auto maxNs = uint64_t((runtime::Interrupt::never - now).count());
  const auto deadline =
      timeoutNs < maxNs ? now + std::chrono::nanoseconds(timeoutNs) : runtime::Interrupt::never;
  auto interrupt = runtime::Interrupt::create(deadline);
  if (!interrupt)
    return new w2n_error{std::move(interrupt).error()};
  *out = new w2n_interrupt{std::move(*interrupt)};
  return nullptr;
}

void w2n_interrupt_free(w2n_interrupt *interrupt) { delete interrupt; }

void w2n_interrupt_raise(w2n_interrupt *interrupt) { interrupt->interrupt->raise(); }

void w2n_interrupt_enter(w2n_interrupt *interrupt) {
  new runtime::InterruptScope(interrupt->interrupt);
}

void w2n_interrupt_leave(void) { delete runtime::InterruptScope::current(); }

bool w2n_interrupted(void) { return runtime::isInterrupted(); }

w2n_error *w2n_interrupt_set_signal(int number) {
  return api::toC(platform::setInterruptSignal(number));
}
