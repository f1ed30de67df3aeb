#include "runtime/core/Table.h"

#include <algorithm>

namespace w2n::runtime {

Table::Table(const wasm::TableType &type, uint64_t maxElements)
    : type(type),
      growthLimit(std::min({type.limits.max.value_or(mostElements), mostElements, maxElements})) {}

Result<std::unique_ptr<Table>> Table::create(const wasm::TableType &type, uint64_t initial,
                                             uint64_t maxElements, artifact::TableRecord *record) {
  std::unique_ptr<Table> table(new Table(type, maxElements));
  table->record = record ? record : &table->ownRecord;
  const uint64_t count = type.limits.min;
  if (const uint64_t most = std::min(maxElements, mostElements); count > most)
    return fail(ErrorKind::Limit, "table has " + std::to_string(count) + " elements, most is " +
                                      std::to_string(most));
  // Zeroed by calloc, so that a large table of nulls costs no memory until it is used. Never null:
  // services form element addresses from it.
  table->capacity = std::max<uint64_t>(count, 1);
  table->elements.reset(static_cast<uint64_t *>(std::calloc(table->capacity, sizeof(uint64_t))));
  if (!table->elements)
    return fail(ErrorKind::Limit,
                "no memory for a table of " + std::to_string(count) + " elements");
  if (initial != 0)
    std::fill_n(table->elements.get(), count, initial);
  *table->record = {table->elements.get(), count};
  return table;
}

std::unique_ptr<Table> Table::place(const wasm::TableType &type, uint64_t *elements,
                                    uint64_t maxElements, artifact::TableRecord *record) {
  std::unique_ptr<Table> table(new Table(type, maxElements));
  table->capacity = maxElements;
  table->record = record;
  *record = {elements, type.limits.min};
  return table;
}

int64_t Table::grow(uint64_t delta, uint64_t value) {
  const uint64_t oldCount = record->count;
  if (growthLimit < oldCount || delta > growthLimit - oldCount)
    return -1;
  const uint64_t newCount = oldCount + delta;
  if (newCount > capacity) {
    // Doubling keeps a loop of small steps linear.
    const uint64_t newCapacity = std::max(newCount, std::min(2 * capacity, growthLimit));
    auto *grown =
        static_cast<uint64_t *>(std::realloc(elements.get(), newCapacity * sizeof(uint64_t)));
    if (!grown)
      return -1;
    (void)elements.release();
    elements.reset(grown);
    record->elements = grown;
    capacity = newCapacity;
  }
  std::fill_n(record->elements + oldCount, delta, value);
  record->count = newCount;
  return int64_t(oldCount);
}

} // namespace w2n::runtime
