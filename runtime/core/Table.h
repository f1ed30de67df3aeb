// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Tables of references (core specification, section 4.2.3).
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/support/Error.h"
#include "lib/wasm/Types.h"
#include "runtime/core/CanonicalTypes.h"
#include "runtime/core/TableElements.h"

#include <memory>
#include <optional>

namespace w2n::runtime {

class Instance;
class InstanceGroup;

struct Table {
  /// More elements than this are refused: what the JS API's limits say.
  static constexpr uint64_t maxCount = 10'000'000;

  /// A table of type.limits.min elements, all `initial`, that never has more than `maxElements`.
  /// `record` is where compiled code looks at it; null lets the table keep it. `budget` is what its
  /// elements are taken from; null: nothing. Errors: Limit.
  static Result<std::unique_ptr<Table>> create(const wasm::TableType &type, uint64_t initial,
                                               uint64_t maxElements = maxCount,
                                               artifact::TableRecord *record = nullptr,
                                               std::shared_ptr<HostBudget> budget = nullptr);
  /// The same for elements that lie in a pool, and stay the pool's: `maxElements` nulls.
  static std::unique_ptr<Table> place(const wasm::TableType &type, uint64_t *elements,
                                      uint64_t maxElements, artifact::TableRecord *record);
  Table(const Table &) = delete;
  Table &operator=(const Table &) = delete;

  /// Appends `delta` times `value`; returns the old number of elements, or -1 if it cannot grow, or
  /// if the thread is interrupted meanwhile.
  /// Threads: the thread of the instance. Source: core specification, "table.grow".
  int64_t grow(uint64_t delta, uint64_t value);

  uint64_t size() const { return record->count; }

  wasm::TableType type;
  artifact::TableRecord *record;
  /// The instance that defines it; null if the host made it.
  Instance *owner = nullptr;
  /// The group whose references it may hold. A table of the host is owned by its group.
  InstanceGroup *group = nullptr;
  /// Its type, if there is no owner.
  HeldTypes held = {};

private:
  Table(const wasm::TableType &type, uint64_t maxElements);

  artifact::TableRecord ownRecord = {};
  /// Nothing if they lie in a pool, which has room for all that the table can grow to.
  std::optional<TableElements> elements;
  const uint64_t growthLimit;
};

} // namespace w2n::runtime
