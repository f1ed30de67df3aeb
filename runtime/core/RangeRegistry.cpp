// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/RangeRegistry.h"

namespace w2n::runtime {

void RangeRegistry::set(Entry &entry, uintptr_t begin, uintptr_t end, const void *owner) {
  entry.sequence.fetch_add(1);
  entry.begin = begin;
  entry.end = end;
  entry.owner = owner;
  entry.sequence.fetch_add(1);
}

RangeRegistry::Entry *RangeRegistry::add(uintptr_t begin, uintptr_t end, const void *owner) {
  std::lock_guard guard(lock);
  if (Entry *entry = firstFree) {
    firstFree = entry->nextFree;
    set(*entry, begin, end, owner);
    return entry;
  }
  auto *entry = new Entry;
  set(*entry, begin, end, owner);
  entry->next = head.load();
  head = entry;
  return entry;
}

void RangeRegistry::remove(Entry *entry) {
  if (!entry)
    return;
  std::lock_guard guard(lock);
  set(*entry, 0, 0, nullptr);
  entry->nextFree = firstFree;
  firstFree = entry;
}

const void *RangeRegistry::find(uintptr_t address) const {
  for (const Entry *entry = head.load(); entry; entry = entry->next) {
    const uint64_t before = entry->sequence;
    const uintptr_t begin = entry->begin, end = entry->end;
    const void *owner = entry->owner;
    if (before % 2 == 0 && entry->sequence == before && address >= begin && address < end)
      return owner;
  }
  return nullptr;
}

// None is ever destroyed: a handler may run while the process ends.
RangeRegistry &codeRanges() {
  static auto &registry = *new RangeRegistry;
  return registry;
}

RangeRegistry &memoryRanges() {
  static auto &registry = *new RangeRegistry;
  return registry;
}

RangeRegistry &nullObjectRanges() {
  static auto &registry = *new RangeRegistry;
  return registry;
}

} // namespace w2n::runtime
