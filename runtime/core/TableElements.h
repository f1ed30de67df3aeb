// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The memory for the elements of a table that is not in a pool.
#pragma once

#include "runtime/core/GuardedPlaces.h"
#include "runtime/core/InstanceLimits.h"

#include <cstdint>
#include <memory>

namespace w2n::runtime {

/// Elements that are zero at first, and cleared when they are freed: no references of one tenant
/// wait in the host's memory for the next. Many are mapped, so that those that are never used cost
/// no memory, and moving them copies nothing.
class TableElements {
public:
  /// `budget`: from which they are taken; null: none. There will be at most `maxElements`.
  TableElements(std::shared_ptr<HostBudget> budget, uint64_t maxElements);
  ~TableElements();
  TableElements(const TableElements &) = delete;
  TableElements &operator=(const TableElements &) = delete;

  /// Makes room for at least `count`, which is more than there is room for. False, and nothing has
  /// changed, if the budget or the system has no memory for them.
  bool enlarge(uint64_t count);

  /// Never null once there is room.
  uint64_t *data() { return reinterpret_cast<uint64_t *>(elements); }
  uint64_t capacity() const { return bytes / sizeof(uint64_t); }

private:
  bool move(uint64_t newBytes);

  const std::shared_ptr<HostBudget> budget;
  GuardedPlaces surrounded; ///< with the oracle (GuardedPlaces.h): where they lie
  uint8_t *elements = nullptr;
  uint64_t bytes = 0;
};

} // namespace w2n::runtime
