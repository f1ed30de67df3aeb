// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/record/SampleTable.h"

#include <algorithm>

namespace w2n::record {

// The words are not touched before they are used.
SampleTable::SampleTable() : entries(new Entry[entryCount]()), words(new uint64_t[maxWords]) {}

/// Its entry, or a new one of no stack; null if there is no room.
SampleTable::Entry *SampleTable::find(std::span<const uint64_t> stack, uint64_t hash) {
  for (size_t at = hash % entryCount;; at = (at + 1) % entryCount) {
    Entry &entry = entries[at];
    if (entry.count == 0)
      return usedEntries < maxEntries && stack.size() <= maxWords - usedWords ? &entry : nullptr;
    if (entry.hash == hash && std::ranges::equal(std::span(&words[entry.begin], entry.size), stack))
      return &entry;
  }
}

void SampleTable::add(std::span<const uint64_t> stack) {
  // FNV-1a, by words.
  uint64_t hash = 0xcbf29ce484222325;
  for (uint64_t word : stack)
    hash = (hash ^ word) * 0x100000001b3, hash ^= hash >> 32;
  Entry *entry = find(stack, hash);
  if (!entry) {
    ++lostCount;
    return;
  }
  if (entry->count++ != 0)
    return;
  std::ranges::copy(stack, &words[usedWords]);
  entry->hash = hash;
  entry->begin = uint32_t(usedWords);
  entry->size = uint32_t(stack.size());
  usedWords += stack.size();
  ++usedEntries;
}

} // namespace w2n::record
