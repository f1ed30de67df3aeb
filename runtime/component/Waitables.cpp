// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/Waitables.h"

#include <utility>

namespace w2n::runtime {

Waitable::~Waitable() { join(nullptr); }

void Waitable::join(WaitableSet *to) {
  if (set) {
    set->members.remove(*this);
    if (hasEvent)
      set->ready.remove(*this);
  }
  set = to;
  if (!set)
    return;
  set->members.append(*this);
  if (hasEvent)
    set->ready.append(*this);
}

void Waitable::notify() {
  // A later event replaces one that has not been delivered.
  if (!hasEvent && set)
    set->ready.append(*this);
  hasEvent = true;
}

Event Waitable::takeEvent() {
  if (std::exchange(hasEvent, false) && set)
    set->ready.remove(*this);
  return deliver();
}

WaitableSet::~WaitableSet() {
  for (Waitable *member = members.front(); member; member = members.after(*member))
    member->set = nullptr;
}

Status Subtask::addLoan(uint32_t address) {
  // Lists that grow may have room for twice as many.
  W2N_CHECK(loansCharge.take(2 * sizeof address));
  loans.push_back(address);
  return {};
}

void Subtask::deliverResolve() {
  isDelivered = true;
  for (const uint32_t address : loans)
    endLoan(address);
  loans = {};
  loansCharge.giveBack();
}

Event Subtask::deliver() {
  if (isResolved() && !isDelivered)
    deliverResolve();
  return {EventCode::Subtask, handle, uint32_t(state)};
}

} // namespace w2n::runtime
