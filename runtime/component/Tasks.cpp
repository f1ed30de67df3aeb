// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/Tasks.h"

#include "runtime/component/HostCall.h"
#include "runtime/component/Scheduler.h"

namespace w2n::runtime {

using component::CanonTrap;

bool Task::deliverPendingCancel(bool isCancellable) {
  if (!isCancellable || state != State::PendingCancel)
    return false;
  state = State::CancelDelivered;
  return true;
}

Status Task::giveResult(std::span<const Slot> results) {
  if (isResolved())
    return canonTrap(CanonTrap::TaskReturned);
  if (borrowCount > 0)
    return canonTrap(CanonTrap::BorrowsRemain);
  if (caller)
    W2N_CHECK(caller->returned(*this, results));
  state = State::Resolved;
  return {};
}

WaitEnd TaskThread::wait(const Wait &wait) { return scheduler.waitIn(*this, wait); }

Status Task::cancel() {
  if (isResolved())
    return canonTrap(CanonTrap::TaskReturned);
  if (state != State::CancelDelivered)
    return canonTrap(CanonTrap::TaskNotCanceled);
  if (borrowCount > 0)
    return canonTrap(CanonTrap::BorrowsRemain);
  if (caller)
    caller->canceled(*this);
  state = State::Resolved;
  return {};
}

} // namespace w2n::runtime
