// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Marking: follows references from the roots, and notes objects in `marks` and their lines.
//
// The stack of objects that are still to be followed is bounded. An object for which it has no room
// is marked all the same, and its block noted; such blocks are gone through again when the stack is
// empty. Arrays are followed a piece at a time, so that they take one entry each.
#pragma once

#include "runtime/heap/Heap.h"

namespace w2n::heap {

class Marker final : public RootVisitor {
public:
  explicit Marker(Heap &heap);

  void reference(uint32_t reference) override { visit(reference); }
  void external(uint64_t value) override;
  void conservative(std::span<const uint64_t> words) override;
  /// Follows what is marked. False if it was interrupted, now or before.
  bool finish();

  /// The bytes of objects that were followed; more if some were for the second time.
  uint64_t liveBytes = 0;
  uint64_t pinnedObjects = 0;

private:
  struct Entry {
    uint32_t reference;
    uint32_t element; ///< of an array: where to go on
  };

  void visit(uint32_t reference) {
    if (space.holds(reference) && !space.marks.testAndSet(reference))
      push({reference, 0});
  }
  void push(Entry entry);
  void follow(Entry entry);
  void followArray(Entry entry, const TypeDescriptor &type, uint32_t length, uint64_t bytes);
  void markLines(uint32_t reference, uint64_t bytes);
  bool drain();
  void followBlock(uint32_t block);
  bool poll(uint64_t work);

  // Words that may be anything.
  void pin(uint64_t offset);
  void pinObjectWith(uint64_t offset);
  void pinObject(uint32_t reference, uint64_t offset);
  void walkRegionWith(uint32_t block, uint32_t line);

  Heap &heap;
  Space &space;
  GrowingTable &table;
  Entry *const stack;
  const size_t capacity;
  size_t count = 0;
  bool hasOverflowed = false, interrupted = false;
  uint64_t workSincePoll = 0;
};

} // namespace w2n::heap
