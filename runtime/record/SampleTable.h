// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Stacks, as words, and how often each was seen. A signal handler adds to it: all memory is
// reserved before, and what finds no room is counted.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace w2n::record {

class SampleTable {
public:
  SampleTable();

  /// Async-signal-safe; one thread at a time.
  void add(std::span<const uint64_t> stack);
  /// Calls visit(stack, count) for each. Nothing may be added meanwhile.
  template <typename Visit> void visit(const Visit &visit) const {
    for (const Entry &entry : std::span(entries.get(), entryCount))
      if (entry.count != 0)
        visit(std::span<const uint64_t>(words.get() + entry.begin, entry.size), entry.count);
  }
  /// The number of stacks that there was no room for.
  uint64_t lost() const { return lostCount; }

private:
  struct Entry {
    uint64_t hash, count;
    uint32_t begin, size;
  };
  static constexpr size_t entryCount = 1 << 15, maxEntries = entryCount / 2, maxWords = 1 << 20;

  Entry *find(std::span<const uint64_t> stack, uint64_t hash);

  const std::unique_ptr<Entry[]> entries;
  const std::unique_ptr<uint64_t[]> words;
  size_t usedEntries = 0, usedWords = 0;
  uint64_t lostCount = 0;
};

} // namespace w2n::record
