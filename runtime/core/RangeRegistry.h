// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Address ranges that a signal handler can look up: the code of loaded modules, the reservations of
// memories, the beginnings of heaps.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

namespace w2n::runtime {

/// A set of disjoint ranges. add and remove take a lock; find takes none and is async-signal-safe.
/// Entries are recycled, never freed, so a reader can follow the list while others change it. A
/// look-up is linear in the greatest number of ranges that there ever were at once; it happens at
/// faults only.
class RangeRegistry {
public:
  class Entry {
    friend class RangeRegistry;
    // Odd while the fields below change: a reader skips the entry, because a range that its own
    // thread uses does not change meanwhile.
    std::atomic<uint64_t> sequence = 0;
    std::atomic<uintptr_t> begin = 0, end = 0;
    std::atomic<const void *> owner = nullptr;
    Entry *next = nullptr;     // set once, before the entry is published
    Entry *nextFree = nullptr; // under the lock
  };

  Entry *add(uintptr_t begin, uintptr_t end, const void *owner);
  /// Null is allowed.
  void remove(Entry *entry);
  /// The owner of the range that holds `address`, or null.
  const void *find(uintptr_t address) const;

private:
  void set(Entry &entry, uintptr_t begin, uintptr_t end, const void *owner);

  std::mutex lock;
  std::atomic<Entry *> head = nullptr;
  Entry *firstFree = nullptr;
};

/// The code of every loaded module; the owner is the Module.
RangeRegistry &codeRanges();
/// The reservation of every memory; the owner is the Memory.
RangeRegistry &memoryRanges();
/// The inaccessible beginning of every heap, where fields of null are; the owner is the StoreHeap.
RangeRegistry &nullObjectRanges();

} // namespace w2n::runtime
