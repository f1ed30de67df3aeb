// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/Table.h"

#include "runtime/core/Pieces.h"

#include <algorithm>

namespace w2n::runtime {

Table::Table(const wasm::TableType &type, uint64_t maxElements)
    : type(type),
      growthLimit(std::min({type.limits.max.value_or(maxCount), maxCount, maxElements})) {}

Result<std::unique_ptr<Table>> Table::create(const wasm::TableType &type, uint64_t initial,
                                             uint64_t maxElements, artifact::TableRecord *record,
                                             std::shared_ptr<HostBudget> budget) {
  std::unique_ptr<Table> table(new Table(type, maxElements));
  table->record = record ? record : &table->ownRecord;
  const uint64_t count = type.limits.min;
  if (const uint64_t allowed = std::min(maxElements, maxCount); count > allowed)
    return fail(ErrorKind::Limit, "table has " + std::to_string(count) + " elements, most is " +
                                      std::to_string(allowed));
  // Never null: services form element addresses from it.
  table->elements.emplace(std::move(budget), std::max(table->growthLimit, count));
  if (!table->elements->enlarge(std::max<uint64_t>(count, 1)))
    return fail(ErrorKind::Limit, "no memory for a table of " + std::to_string(count) +
                                      " elements, or more than the limit of the host's memory");
  if (initial != 0)
    std::fill_n(table->elements->data(), count, initial);
  *table->record = {table->elements->data(), count};
  return table;
}

std::unique_ptr<Table> Table::place(const wasm::TableType &type, uint64_t *elements,
                                    uint64_t maxElements, artifact::TableRecord *record) {
  std::unique_ptr<Table> table(new Table(type, maxElements));
  table->record = record;
  *record = {elements, type.limits.min};
  return table;
}

int64_t Table::grow(uint64_t delta, uint64_t value) {
  const uint64_t oldCount = record->count;
  if (growthLimit < oldCount || delta > growthLimit - oldCount)
    return -1;
  const uint64_t newCount = oldCount + delta;
  if (elements && newCount > elements->capacity()) {
    // Doubling keeps a loop of small steps linear.
    const uint64_t doubled = std::min(2 * elements->capacity(), growthLimit);
    if (!(doubled > newCount && elements->enlarge(doubled)) && !elements->enlarge(newCount))
      return -1;
    record->elements = elements->data();
  }
  const bool isFilled = inPieces(delta, pieceElements, [&](uint64_t first, uint64_t count) {
    std::fill_n(record->elements + oldCount + first, count, value);
  });
  if (!isFilled)
    return -1;
  record->count = newCount;
  return int64_t(oldCount);
}

} // namespace w2n::runtime
