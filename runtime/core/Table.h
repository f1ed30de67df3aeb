// Tables of references (core specification, section 4.2.3).
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/support/Error.h"
#include "lib/wasm/Types.h"
#include "runtime/core/GuardedPlaces.h"

#include <cstdlib>
#include <memory>

namespace w2n::runtime {

class Instance;
class InstanceGroup;

struct Table {
  /// More elements than this are refused: what the JS API's limits say.
  static constexpr uint64_t mostElements = 10'000'000;

  /// A table of type.limits.min elements, all `initial`, that never has more than `maxElements`.
  /// `record` is where compiled code looks at it; null lets the table keep it. Errors: Limit.
  static Result<std::unique_ptr<Table>> create(const wasm::TableType &type, uint64_t initial,
                                               uint64_t maxElements = mostElements,
                                               artifact::TableRecord *record = nullptr);
  /// The same for elements that lie in a pool, and stay the pool's: `maxElements` nulls.
  static std::unique_ptr<Table> place(const wasm::TableType &type, uint64_t *elements,
                                      uint64_t maxElements, artifact::TableRecord *record);
  Table(const Table &) = delete;
  Table &operator=(const Table &) = delete;

  /// Appends `delta` times `value`; returns the old number of elements, or -1 if it cannot grow.
  /// Threads: the thread of the instance. Source: core specification, "table.grow".
  int64_t grow(uint64_t delta, uint64_t value);

  uint64_t size() const { return record->count; }

  wasm::TableType type;
  artifact::TableRecord *record;
  /// The instance that defines it; null if the host made it.
  Instance *owner = nullptr;
  /// Those whose references it may hold. A table of the host is owned by its group.
  InstanceGroup *group = nullptr;

private:
  Table(const wasm::TableType &type, uint64_t maxElements);

  struct Free {
    void operator()(uint64_t *elements) const { std::free(elements); }
  };
  artifact::TableRecord ownRecord = {};
  /// Makes room for `count` elements, the new ones undefined; false if there is no memory.
  bool setCapacity(uint64_t count);

  /// Null if they lie in a pool, which has room for all that the table can grow to, or in
  /// `surrounded`.
  std::unique_ptr<uint64_t, Free> elements;
  GuardedPlaces surrounded; ///< with the oracle (GuardedPlaces.h)
  const uint64_t growthLimit;
  uint64_t capacity = 0;
};

} // namespace w2n::runtime
