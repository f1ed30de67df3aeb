#include "runtime/core/Table.h"

#include "runtime/platform/VirtualMemory.h"

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
  if (isGuardOracle())
    table->surrounded = GuardedPlaces::reserve(
        1,
        platform::roundUpToPage(std::max({table->growthLimit, count, uint64_t(1)}) *
                                sizeof(uint64_t)),
        {});
  // Never null: services form element addresses from it.
  if (!table->setCapacity(std::max<uint64_t>(count, 1)))
    return fail(ErrorKind::Limit,
                "no memory for a table of " + std::to_string(count) + " elements");
  table->record->count = count;
  if (initial != 0)
    std::fill_n(table->record->elements, count, initial);
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

bool Table::setCapacity(uint64_t count) {
  uint64_t *grown = nullptr;
  if (surrounded) {
    uint8_t *const place = surrounded.at(0);
    if (!platform::commit(place, platform::roundUpToPage(count * sizeof(uint64_t))))
      return false;
    grown = reinterpret_cast<uint64_t *>(place);
  } else {
    // Zeroed by calloc at first, so that a large table of nulls costs no memory until it is used.
    grown =
        static_cast<uint64_t *>(elements ? std::realloc(elements.get(), count * sizeof(uint64_t))
                                         : std::calloc(count, sizeof(uint64_t)));
    if (!grown)
      return false;
    (void)elements.release();
    elements.reset(grown);
  }
  record->elements = grown;
  capacity = count;
  return true;
}

int64_t Table::grow(uint64_t delta, uint64_t value) {
  const uint64_t oldCount = record->count;
  if (growthLimit < oldCount || delta > growthLimit - oldCount)
    return -1;
  const uint64_t newCount = oldCount + delta;
  if (newCount > capacity) {
    // Doubling keeps a loop of small steps linear.
    const uint64_t newCapacity = std::max(newCount, std::min(2 * capacity, growthLimit));
    if (!setCapacity(newCapacity))
      return -1;
  }
  std::fill_n(record->elements + oldCount, delta, value);
  record->count = newCount;
  return int64_t(oldCount);
}

} // namespace w2n::runtime
