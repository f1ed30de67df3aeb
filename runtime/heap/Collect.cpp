// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A collection: marks, then goes through the states of all lines and blocks once.
//
// It can be given up while it marks, when a deadline has passed. Nothing has been freed then, and
// what was new still is, so that the heap is as before. The rest is a look at 256 bytes for each
// block, some milliseconds for the largest heap, and is always finished.
#include "runtime/heap/Heap.h"
#include "runtime/heap/Marker.h"
#include "runtime/heap/Objects.h"

#include <chrono>
#include <cstdlib>
#include <cstring>

namespace w2n::heap {

namespace {

/// The byte that overwrites lines and blocks that became free, for tests: no reference, no type.
constexpr int poisonByte = 0xdb;
/// Blocks whose marks are cleared between two looks at the deadline.
constexpr uint32_t clearStep = 4096;
/// Free memory that a heap keeps besides as much as is live.
constexpr uint64_t keptBytes = 8 << 20;

uint64_t nowNs() {
  return uint64_t(std::chrono::duration_cast<std::chrono::nanoseconds>(
                      std::chrono::steady_clock::now().time_since_epoch())
                      .count());
}

} // namespace

bool Heap::collect() {
  if (isCollecting)
    return true;
  isCollecting = true;
  const uint64_t startNs = nowNs();
  closeRegions();
  Marker marker(*this);
  if (!mark(marker)) {
    giveUpMarking();
    startAllocation();
    ++counts.interruptedCollections;
    isCollecting = false;
    return false;
  }
  const size_t firstDead = sortHostObjects();
  sweep(marker.liveBytes);
  startAllocation();
  trim();
  if (options.verify && !verify().empty())
    std::abort();
  counts.pinnedObjects = marker.pinnedObjects;
  collectAtBytes = std::max(options.minCollectBytes, counts.liveBytes);
  notePause(nowNs() - startNs);
  finalizeFrom(firstDead);
  isCollecting = false;
  return true;
}

bool Heap::mark(Marker &marker) {
  if (!clearMarks())
    return false;
  handles.forEach([&](uint32_t reference) { marker.reference(reference); });
  client.visitRoots(marker);
  return marker.finish();
}

bool Heap::clearMarks() {
  for (uint32_t block = firstBlock; block < space->frontier; block += clearStep) {
    if (client.isInterrupted())
      return false;
    const uint32_t count = std::min(clearStep, space->frontier - block);
    std::memset(space->marks.ofBlock(block), 0, uint64_t(count) * wordsPerBlock * sizeof(uint64_t));
  }
  return true;
}

void Heap::giveUpMarking() {
  const uint64_t end = uint64_t(space->frontier) * linesPerBlock;
  for (uint64_t line = uint64_t(firstBlock) * linesPerBlock; line < end; ++line)
    space->lines[line] &= uint8_t(~markedLine);
  std::memset(space->overflowed + firstBlock, 0, space->frontier - firstBlock);
}

/// Puts the marked objects first; returns how many they are.
size_t Heap::sortHostObjects() {
  const auto objects = hostObjects.all();
  const auto dead = std::partition(objects.begin(), objects.end(), [&](const HostObject &object) {
    return space->marks.test(object.reference);
  });
  return size_t(dead - objects.begin());
}

void Heap::freeBlock(uint32_t block) {
  if (options.poison)
    std::memset(space->at(offsetOf(block)), poisonByte, blockBytes);
  std::memset(space->linesOf(block), 0, linesPerBlock);
  space->states[block] = BlockState::Free;
  space->isZero[block] = false;
  ++freeBlocks;
}

/// Returns how many lines of the block are live.
uint32_t Heap::sweepBlock(uint32_t block) {
  uint8_t *const lines = space->linesOf(block);
  uint32_t live = 0;
  for (uint32_t i = 0; i < linesPerBlock; ++i) {
    lines[i] = lines[i] >> 7; // LineState::Live if it is marked, else Free
    live += lines[i];
  }
  if (live == 0) {
    freeBlock(block);
    return 0;
  }
  if (options.poison)
    for (uint32_t i = 0; i < linesPerBlock; ++i)
      if (lines[i] == uint8_t(LineState::Free))
        std::memset(space->at(offsetOf(block) + i * lineBytes), poisonByte, lineBytes);
  space->states[block] = live == linesPerBlock ? BlockState::Used : BlockState::Recyclable;
  return live;
}
static_assert(uint8_t(LineState::Free) == 0 && uint8_t(LineState::Live) == markedLine >> 7);

void Heap::sweepLarge(uint32_t head) {
  if (space->marks.test(offsetOf(head)))
    return;
  const uint32_t count = space->runs[head];
  for (uint32_t block = head; block < head + count; ++block)
    freeBlock(block);
}

void Heap::sweep(uint64_t followedBytes) {
  uint64_t liveLines = 0, largeBytes = 0;
  for (uint32_t block = firstBlock; block < space->frontier;) {
    const BlockState state = space->states[block];
    if (state == BlockState::LargeHead) {
      const uint32_t count = space->runs[block];
      sweepLarge(block);
      largeBytes += space->states[block] == BlockState::LargeHead ? offsetOf(count) : 0;
      block += count;
      continue;
    }
    if (state != BlockState::Free)
      liveLines += sweepBlock(block);
    ++block;
  }
  // The objects that this collection has marked are those that the next one knows.
  std::swap(space->starts, space->marks);
  const uint64_t occupied = liveLines * lineBytes + largeBytes;
  counts.liveBytes = std::min(followedBytes, occupied);
  freeBytes = maxBytes() - occupied;
}

/// Gives free memory back to the system, but for as much as is live and some more.
void Heap::trim() {
  uint64_t kept = (counts.liveBytes + keptBytes) / blockBytes;
  for (uint32_t block = firstBlock; block < space->frontier;) {
    uint32_t end = block;
    while (end < space->frontier && space->states[end] == BlockState::Free && !space->isZero[end])
      ++end;
    const uint32_t count = end - block;
    const uint32_t keptHere = uint32_t(std::min<uint64_t>(kept, count));
    kept -= keptHere;
    if (keptHere < count)
      space->discard(block + keptHere, count - keptHere);
    block = end + 1;
  }
}

void Heap::notePause(uint64_t ns) {
  ++counts.collections;
  counts.totalPauseNs += ns;
  counts.maxPauseNs = std::max(counts.maxPauseNs, ns);
}

} // namespace w2n::heap
