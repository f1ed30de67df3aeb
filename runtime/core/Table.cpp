#include "runtime/core/Table.h"

#include <algorithm>

namespace w2n::runtime {

Result<std::unique_ptr<Table>> Table::create(const wasm::TableType &type, uint64_t initial,
                                             artifact::TableRecord *record) {
  std::unique_ptr<Table> table(new Table(type));
  table->record = record ? record : &table->ownRecord;
  const uint64_t count = type.limits.min;
  if (count > maxElements)
    return fail(ErrorKind::Limit, "table has " + std::to_string(count) + " elements, most is " +
                                      std::to_string(maxElements));
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

int64_t Table::grow(uint64_t delta, uint64_t value) {
  const uint64_t oldCount = record->count;
  const uint64_t limit = std::min(type.limits.max.value_or(maxElements), maxElements);
  if (limit < oldCount || delta > limit - oldCount)
    return -1;
  const uint64_t newCount = oldCount + delta;
  if (newCount > capacity) {
    // Doubling keeps a loop of small steps linear.
    const uint64_t newCapacity = std::max(newCount, std::min(2 * capacity, limit));
    auto *grown =
        static_cast<uint64_t *>(std::realloc(elements.get(), newCapacity * sizeof(uint64_t)));
    if (!grown)
      return -1;
    (void)elements.release();
    elements.reset(grown);
    capacity = newCapacity;
  }
  std::fill_n(elements.get() + oldCount, delta, value);
  *record = {elements.get(), newCount};
  return int64_t(oldCount);
}

} // namespace w2n::runtime
