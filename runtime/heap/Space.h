// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The memory of a heap and the tables beside it.
//
// A heap is a row of blocks of 32 KiB, each of lines of 128 bytes. Small objects lie in the lines
// of blocks; an object larger than `maxSmallBytes` has a run of blocks for itself. All that is
// known about them is outside, where a guest that overwrites its own objects cannot reach it: the
// state of each block and line, and for each 8 bytes of the heap a bit in `starts` (an object that
// is known to begin there) and in `marks` (one that this collection has reached). That is 4% of the
// heap, and becomes accessible as the heap does.
//
// Blocks become accessible one after the other: those from `frontier` on have never been used, and
// neither have their rows in the tables.
#pragma once

#include "lib/artifact/HeapLayout.h"
#include "runtime/heap/GrowingTable.h"

#include <memory>

namespace w2n::heap {

inline constexpr uint32_t blockBytes = 32 << 10;
inline constexpr uint32_t lineBytes = 128;
inline constexpr uint32_t linesPerBlock = blockBytes / lineBytes;
/// Words of `starts` and `marks` for a block.
inline constexpr uint32_t wordsPerBlock = blockBytes / artifact::objectAlignment / 64;
/// Larger objects get blocks of their own, half of whose last one is lost at most.
inline constexpr uint32_t maxSmallBytes = blockBytes / 2;
/// The block after those that are never accessible.
inline constexpr uint32_t firstBlock = artifact::nullGuardBytes / blockBytes;
/// The last block is not used, so that the end of an object is below 2^32.
inline constexpr uint32_t maxBlockEnd = uint32_t(artifact::maxHeapBytes / blockBytes) - 1;

enum class BlockState : uint8_t {
  Free,       ///< nothing in it
  Recyclable, ///< has holes that nothing has been allocated into since the last collection
  Used,       ///< nothing is allocated into it until the next collection
  LargeHead,  ///< the first of a large object's
  LargeTail,
};

/// States of lines, but for `markedLine`.
enum class LineState : uint8_t {
  Free,
  Live,       ///< of objects that the last collection has reached; they are in `starts`
  Fresh,      ///< of a region that has been allocated since: objects without gaps
  FreshStart, ///< the first line of such a region
  WalkedStart ///< the same, whose objects are in `starts` by now
};
/// Added to a line's state when this collection reaches an object in it.
inline constexpr uint8_t markedLine = 0x80;

constexpr uint32_t blockOf(uint64_t offset) { return uint32_t(offset / blockBytes); }
constexpr uint64_t offsetOf(uint32_t block) { return uint64_t(block) * blockBytes; }

/// A bit for each 8 bytes of the heap.
class ObjectBits {
public:
  explicit ObjectBits(uint64_t *words = nullptr) : words(words) {}
  bool test(uint64_t offset) const { return words[offset / 512] >> (offset / 8 % 64) & 1; }
  void set(uint64_t offset) { words[offset / 512] |= uint64_t(1) << (offset / 8 % 64); }
  /// Returns whether the bit was set before.
  bool testAndSet(uint64_t offset) {
    uint64_t &word = words[offset / 512];
    const uint64_t bit = uint64_t(1) << (offset / 8 % 64);
    const bool wasSet = word & bit;
    word |= bit;
    return wasSet;
  }
  uint64_t *ofBlock(uint32_t block) const { return words + uint64_t(block) * wordsPerBlock; }
  const uint64_t *wordOf(uint64_t offset) const { return words + offset / 512; }

private:
  uint64_t *words;
};

struct Space {
  /// For a heap of at most `maxBytes`. Null if there is no address space for it.
  static std::unique_ptr<Space> create(uint64_t maxBytes);
  ~Space();
  Space(const Space &) = delete;
  Space &operator=(const Space &) = delete;

  /// Makes `count` further blocks accessible, which read as zero, and adds them to the frontier as
  /// Free. False, and nothing has changed, if the heap or the system has no room.
  bool extend(uint32_t count);
  /// The first block of `count` that are Free and follow each other, from `hint` on; 0 if there is
  /// none.
  uint32_t findFree(uint32_t count, uint32_t hint) const;
  /// Gives the pages of free blocks back to the system.
  void discard(uint32_t block, uint32_t count);
  /// Forgets all contents and states; keeps at most `residentBytes` of memory. From the offset
  /// `zeroBegin` on all is zero already. False if the system refuses.
  bool reset(uint64_t residentBytes, uint64_t zeroBegin);

  uint8_t *at(uint64_t offset) const { return base + offset; }
  artifact::ObjectHeader &header(uint64_t offset) const {
    return *reinterpret_cast<artifact::ObjectHeader *>(base + offset);
  }
  uint8_t *linesOf(uint32_t block) const { return lines + uint64_t(block) * linesPerBlock; }
  /// Whether an object may begin there, whatever the guest has written: the collector follows
  /// nothing else.
  bool holds(uint32_t reference) const {
    return reference % artifact::objectAlignment == 0 &&
           blockOf(reference) - firstBlock < frontier - firstBlock;
  }

  uint8_t *base = nullptr;
  uint32_t frontier = firstBlock;
  uint32_t blockEnd = firstBlock; ///< the limit of the frontier
  BlockState *states = nullptr;
  /// Whether all of a Free block is zero.
  bool *isZero = nullptr;
  /// Whether the mark stack had no room for an object in the block (Marker.h).
  bool *overflowed = nullptr;
  /// The blocks of a large object, in its head; in its tail, the head.
  uint32_t *runs = nullptr;
  uint8_t *lines = nullptr;
  ObjectBits starts, marks;

private:
  Space() = default;
  bool reserveHeap(uint64_t maxBytes);
  bool reserveTables();
  bool growTables(uint32_t end);

  uint8_t *reservation = nullptr;
  uint64_t reservedBytes = 0;
  uint32_t accessibleEnd = firstBlock;
  GrowingTable stateTable, zeroTable, overflowTable, runTable, lineTable, startTable, markTable;
};

} // namespace w2n::heap
