// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/component/Waitables.h"

#include <algorithm>

namespace w2n::runtime {

Waitable::~Waitable() { join(nullptr); }

void Waitable::join(WaitableSet *to) {
  if (set) {
    std::erase(set->members, this);
    std::erase(set->ready, this);
  }
  set = to;
  if (!set)
    return;
  set->members.push_back(this);
  if (hasEvent)
    set->ready.push_back(this);
}

void Waitable::notify() {
  // A later event replaces one that has not been delivered.
  if (!hasEvent && set)
    set->ready.push_back(this);
  hasEvent = true;
}

Event Waitable::takeEvent() {
  hasEvent = false;
  if (set)
    std::erase(set->ready, this);
  return deliver();
}

WaitableSet::~WaitableSet() {
  for (Waitable *member : members)
    member->set = nullptr;
}

void Subtask::deliverResolve() {
  isDelivered = true;
  for (const uint32_t address : loans)
    endLoan(address);
  loans.clear();
}

Event Subtask::deliver() {
  if (isResolved() && !isDelivered)
    deliverResolve();
  return {EventCode::Subtask, handle, uint32_t(state)};
}

} // namespace w2n::runtime
