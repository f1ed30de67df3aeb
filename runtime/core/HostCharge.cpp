// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/HostCharge.h"

#include "runtime/core/Activation.h"
#include "runtime/core/InstanceState.h"
#include "runtime/platform/VirtualMemory.h"

namespace w2n::runtime {

Status HostCharge::take(uint64_t more) {
  if (!budget)
    return {};
  if (!budget->take(more))
    return std::unexpected(limitError("no room for " + std::to_string(more) +
                                      " bytes more: of the host's memory, the limit allows " +
                                      std::to_string(budget->maxBytes) + " bytes"));
  if (!platform::hasRoom(more)) {
    budget->giveBack(more);
    return std::unexpected(limitError("the system has no room for " + std::to_string(more) +
                                      " bytes more of the host's memory"));
  }
  bytes += more;
  return {};
}

void HostCharge::giveBack() {
  if (budget)
    budget->giveBack(std::exchange(bytes, 0));
}

const std::shared_ptr<HostBudget> &hostBudgetOf(Instance &instance) {
  return instance.state().budget;
}

} // namespace w2n::runtime
