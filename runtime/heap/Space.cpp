// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/heap/Space.h"

#include <cstring>
#include <new>

namespace w2n::heap {

namespace {

/// Blocks that become accessible at a time: 1 MiB.
constexpr uint32_t blockStep = 32;
constexpr uint64_t bitBytesPerBlock = wordsPerBlock * sizeof(uint64_t);

} // namespace

std::unique_ptr<Space> Space::create(uint64_t maxBytes) {
  std::unique_ptr<Space> space(new (std::nothrow) Space);
  if (!space || !space->reserveHeap(std::min(maxBytes, artifact::maxHeapBytes)) ||
      !space->reserveTables())
    return nullptr;
  return space;
}

Space::~Space() { platform::release(reservation, reservedBytes); }

// Guards on both sides: whatever 32 bits and the offset of a field reach is here. Where address
// space is limited, only what the limit allows.
bool Space::reserveHeap(uint64_t maxBytes) {
  const uint64_t blocks = std::min<uint64_t>(maxBytes / blockBytes, maxBlockEnd - firstBlock);
  blockEnd = firstBlock + uint32_t(blocks);
  for (const uint64_t bytes : {artifact::maxHeapBytes, offsetOf(blockEnd + 1)}) {
    reservedBytes = bytes + 2 * artifact::heapGuardBytes;
    reservation = platform::reserve(reservedBytes);
    if (reservation) {
      base = reservation + artifact::heapGuardBytes;
      return true;
    }
  }
  return false;
}

bool Space::reserveTables() {
  stateTable = GrowingTable::reserve(blockEnd);
  zeroTable = GrowingTable::reserve(blockEnd);
  overflowTable = GrowingTable::reserve(blockEnd);
  runTable = GrowingTable::reserve(uint64_t(blockEnd) * sizeof(uint32_t));
  lineTable = GrowingTable::reserve(uint64_t(blockEnd) * linesPerBlock);
  startTable = GrowingTable::reserve(blockEnd * bitBytesPerBlock);
  markTable = GrowingTable::reserve(blockEnd * bitBytesPerBlock);
  if (!stateTable || !zeroTable || !overflowTable || !runTable || !lineTable || !startTable ||
      !markTable)
    return false;
  states = reinterpret_cast<BlockState *>(stateTable.data());
  isZero = reinterpret_cast<bool *>(zeroTable.data());
  overflowed = reinterpret_cast<bool *>(overflowTable.data());
  runs = reinterpret_cast<uint32_t *>(runTable.data());
  lines = lineTable.data();
  starts = ObjectBits(reinterpret_cast<uint64_t *>(startTable.data()));
  marks = ObjectBits(reinterpret_cast<uint64_t *>(markTable.data()));
  return true;
}

bool Space::growTables(uint32_t end) {
  return stateTable.growTo(end, 1) && zeroTable.growTo(end, 1) && overflowTable.growTo(end, 1) &&
         runTable.growTo(uint64_t(end) * sizeof(uint32_t), 1) &&
         lineTable.growTo(uint64_t(end) * linesPerBlock, 1) &&
         startTable.growTo(end * bitBytesPerBlock, 1) &&
         markTable.growTo(end * bitBytesPerBlock, 1);
}

bool Space::extend(uint32_t count) {
  if (count > blockEnd - frontier)
    return false;
  const uint32_t end = frontier + count;
  if (end > accessibleEnd) {
    const uint32_t accessible = std::min(blockEnd, (end + blockStep - 1) / blockStep * blockStep);
    if (!growTables(accessible) ||
        !platform::commit(at(offsetOf(accessibleEnd)),
                          platform::roundUpToPage(offsetOf(accessible - accessibleEnd))))
      return false;
    accessibleEnd = accessible;
  }
  for (uint32_t block = frontier; block < end; ++block) {
    states[block] = BlockState::Free;
    isZero[block] = true;
  }
  frontier = end;
  return true;
}

uint32_t Space::findFree(uint32_t count, uint32_t hint) const {
  uint32_t run = 0;
  for (uint32_t block = std::max(hint, firstBlock); block < frontier; ++block) {
    run = states[block] == BlockState::Free ? run + 1 : 0;
    if (run == count)
      return block + 1 - count;
  }
  return 0;
}

void Space::discard(uint32_t block, uint32_t count) {
  // Pages may be larger than blocks.
  const uint64_t begin = platform::roundUpToPage(offsetOf(block));
  const uint64_t end = offsetOf(block + count) / platform::pageBytes() * platform::pageBytes();
  if (begin >= end || !platform::discard(at(begin), end - begin))
    return;
  const uint32_t zeroBegin = blockOf(begin + blockBytes - 1);
  std::fill_n(isZero + zeroBegin, blockOf(end) - zeroBegin, true);
}

bool Space::reset(uint64_t residentBytes, uint64_t zeroBegin) {
  const uint64_t usedEnd = std::min(zeroBegin, offsetOf(frontier));
  const uint64_t begin = offsetOf(firstBlock);
  const uint64_t kept = std::min(usedEnd, begin + residentBytes / blockBytes * blockBytes);
  std::memset(at(begin), 0, kept - begin);
  const uint64_t discarded = platform::roundUpToPage(kept);
  std::memset(at(kept), 0, std::min(discarded, offsetOf(frontier)) - kept);
  if (discarded < usedEnd &&
      !platform::discard(at(discarded), platform::roundUpToPage(usedEnd - discarded)))
    return false;
  const uint32_t blocks = frontier - firstBlock;
  std::memset(linesOf(firstBlock), 0, uint64_t(blocks) * linesPerBlock);
  std::memset(starts.ofBlock(firstBlock), 0, blocks * bitBytesPerBlock);
  std::memset(marks.ofBlock(firstBlock), 0, blocks * bitBytesPerBlock);
  std::memset(overflowed + firstBlock, 0, blocks);
  frontier = firstBlock;
  return true;
}

} // namespace w2n::heap
