// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The part of a budget of the host's memory that one object, or a growing list, takes.
#pragma once

#include "runtime/core/InstanceLimits.h"

namespace w2n::runtime {

class Instance;

/// A part taken of a budget, which is given back when this ends. Threads: one at a time.
class HostCharge {
public:
  /// About what the allocator, and a count of owners, need beside each object.
  static constexpr uint64_t allocationBytes = 64;

  /// Null: what is taken is not counted.
  explicit HostCharge(std::shared_ptr<HostBudget> budget = nullptr) : budget(std::move(budget)) {}
  HostCharge(HostCharge &&other) noexcept
      : budget(std::move(other.budget)), bytes(std::exchange(other.bytes, 0)) {}
  HostCharge &operator=(HostCharge &&other) noexcept {
    std::swap(budget, other.budget);
    std::swap(bytes, other.bytes);
    return *this;
  }
  ~HostCharge() { giveBack(); }

  /// To be called before so many more bytes are allocated. Errors: Trap (resource limit), and then
  /// nothing is taken.
  Status take(uint64_t more);
  /// Gives back all that it has taken.
  void giveBack();

private:
  std::shared_ptr<HostBudget> budget;
  uint64_t bytes = 0;
};

/// The budget that `instance` is charged to.
const std::shared_ptr<HostBudget> &hostBudgetOf(Instance &instance);

} // namespace w2n::runtime
