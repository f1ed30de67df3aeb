// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Allocation: the next region for the cursor, and what does not go through it.
//
// A region is a hole, free lines of a block that the last collection has left, or a whole free
// block. An object that is larger than a line and for which the region has no room goes to a second
// region, so that holes are not left for its sake; one larger than maxSmallBytes gets blocks of its
// own.
#include "runtime/heap/Heap.h"
#include "runtime/heap/Objects.h"

#include <cstring>

namespace w2n::heap {

namespace {

using artifact::ObjectHeader;

/// Smaller holes are not worth a call.
constexpr uint64_t leastHoleBytes = 2 * lineBytes;
/// Blocks that are made zero between two looks at the deadline.
constexpr uint32_t zeroStep = 32;
/// A heap with less than this part of it free after a collection is full: collecting again and
/// again for the last bytes would take forever.
constexpr uint64_t fullShare = 32;

std::unexpected<HeapError> limitExceeded() { return std::unexpected(HeapError::LimitExceeded); }

} // namespace

std::expected<uint32_t, HeapError> Heap::allocate(uint32_t typeId, uint32_t length) {
  const uint64_t bytes = declaredBytes(types.descriptor(typeId), length);
  auto offset = allocateBytes(bytes);
  if (!offset)
    return std::unexpected(offset.error());
  space->header(*offset) = {typeId, length};
  return uint32_t(*offset);
}

std::expected<uint32_t, HeapError> Heap::allocateExternBox(uint64_t value) {
  auto box = allocate(artifact::externBoxTypeId, 0);
  if (box)
    std::memcpy(space->at(*box + artifact::objectHeaderBytes), &value, sizeof value);
  return box;
}

std::expected<uint32_t, HeapError> Heap::allocateHostObject(void *data, Finalizer finalize) {
  auto object = allocateExternBox(reinterpret_cast<uintptr_t>(data));
  if (!object)
    return object;
  if (!hostObjects.append({*object, finalize, data}))
    return limitExceeded();
  space->header(*object).length = 1;
  return object;
}

void *Heap::hostObject(uint32_t reference) const {
  const ObjectHeader *header = object(reference);
  if (!header || header->typeId != artifact::externBoxTypeId || header->length != 1)
    return nullptr;
  return reinterpret_cast<void *>(load<uint64_t>(*space, reference + artifact::objectHeaderBytes));
}

std::expected<uint64_t, HeapError> Heap::allocateBytes(uint64_t bytes) {
  if (isCollecting || bytes > maxBytes())
    return limitExceeded();
  const bool isDue = options.collectAlways || allocation.allocatedBytes >= collectAtBytes;
  if (isDue && !collect())
    return std::unexpected(HeapError::Interrupted);
  auto offset = findRoom(bytes);
  if (offset || offset.error() == HeapError::Interrupted)
    return offset;
  if (!isDue && !collect())
    return std::unexpected(HeapError::Interrupted);
  if (freeBytes < maxBytes() / fullShare)
    return limitExceeded();
  return isDue ? offset : findRoom(bytes);
}

std::expected<uint64_t, HeapError> Heap::findRoom(uint64_t bytes) {
  if (bytes > maxSmallBytes)
    return allocateLarge(bytes);
  const uint64_t offset = allocateSmall(bytes);
  return offset != 0 ? std::expected<uint64_t, HeapError>(offset) : limitExceeded();
}

/// From the region, which has room.
uint64_t Heap::bump(uint64_t bytes) {
  artifact::HeapRecord &record = allocation.record;
  const uint64_t offset = record.cursor;
  record.cursor += bytes;
  record.limit = options.collectAlways ? record.cursor : allocation.regionEnd;
  return offset;
}

uint64_t Heap::allocateSmall(uint64_t bytes) {
  const uint64_t cursor = allocation.record.cursor;
  const uint64_t room = allocation.regionEnd - cursor;
  if (bytes <= room)
    return bump(bytes);
  // The rest of a region is lost, so a region counts as used up when little of it is left.
  const bool isUsedUp =
      room < lineBytes || room * 8 <= allocation.regionEnd - allocation.regionBegin;
  if (bytes > lineBytes && !isUsedUp)
    return allocateMedium(bytes);
  closeRegion(cursor, allocation.regionEnd);
  Region region;
  const bool hasRegion = takeHole(region);
  useRegion(region);
  if (!hasRegion)
    return 0;
  return bytes <= region.end - region.cursor ? bump(bytes) : allocateMedium(bytes);
}

uint64_t Heap::allocateMedium(uint64_t bytes) {
  Region &region = allocation.overflow;
  if (bytes > region.end - region.cursor) {
    closeRegion(region.cursor, region.end);
    region = {};
    if (!takeFreeBlock(region) && !takeMediumHole(region, bytes))
      return 0;
  }
  const uint64_t offset = region.cursor;
  region.cursor += bytes;
  return offset;
}

/// The next region: holes first, then free blocks. False if there is none.
bool Heap::takeHole(Region &region) {
  Allocation &state = allocation;
  for (;;) {
    if (state.holeBlock != 0 && findHole(region, state.holeBlock, state.holeLine, leastHoleBytes))
      return true;
    while (state.nextRecyclable < space->frontier &&
           space->states[state.nextRecyclable] != BlockState::Recyclable)
      ++state.nextRecyclable;
    if (state.nextRecyclable >= space->frontier)
      break;
    state.holeBlock = state.nextRecyclable++;
    state.holeLine = 0;
    space->states[state.holeBlock] = BlockState::Used;
  }
  state.holeBlock = 0;
  return takeFreeBlock(region);
}

/// The next hole of at least `leastBytes` in `block` from `line` on, which it moves past the hole.
bool Heap::findHole(Region &region, uint32_t block, uint32_t &line, uint64_t leastBytes) {
  const uint8_t *const lines = space->linesOf(block);
  while (line < linesPerBlock) {
    while (line < linesPerBlock && lines[line] != uint8_t(LineState::Free))
      ++line;
    const uint32_t begin = line;
    while (line < linesPerBlock && lines[line] == uint8_t(LineState::Free))
      ++line;
    if (uint64_t(line - begin) * lineBytes < leastBytes)
      continue;
    region = {offsetOf(block) + begin * lineBytes, offsetOf(block) + line * lineBytes};
    openRegion(region, /*isZero=*/false);
    return true;
  }
  return false;
}

/// A hole for an object for which there is no free block.
bool Heap::takeMediumHole(Region &region, uint64_t bytes) {
  for (uint32_t &block = allocation.nextForMedium; block < space->frontier; ++block) {
    uint32_t line = 0;
    if (space->states[block] == BlockState::Recyclable && findHole(region, block, line, bytes))
      return true;
  }
  return false;
}

/// The first of `count` free blocks, or 0. They are still Free.
uint32_t Heap::takeFreeBlocks(uint32_t count) {
  uint32_t block = freeBlocks >= count ? space->findFree(count, allocation.nextFree) : 0;
  if (block == 0) {
    // The frontier adds to the free blocks before it.
    block = space->frontier;
    while (block > firstBlock && space->states[block - 1] == BlockState::Free)
      --block;
    const uint32_t missing = count - (space->frontier - block);
    if (!space->extend(missing))
      return 0;
    freeBlocks += missing;
  }
  if (count == 1)
    allocation.nextFree = block + 1;
  return block;
}

bool Heap::takeFreeBlock(Region &region) {
  const uint32_t block = takeFreeBlocks(1);
  if (block == 0)
    return false;
  --freeBlocks;
  space->states[block] = BlockState::Used;
  region = {offsetOf(block), offsetOf(block + 1)};
  openRegion(region, space->isZero[block]);
  space->isZero[block] = false;
  return true;
}

/// Makes the region ready: zero, and known to the collector.
void Heap::openRegion(const Region &region, bool isZero) {
  const uint64_t bytes = region.end - region.cursor;
  if (!isZero)
    std::memset(space->at(region.cursor), 0, bytes);
  uint8_t *const lines = space->lines + region.cursor / lineBytes;
  std::memset(lines, int(LineState::Fresh), bytes / lineBytes);
  lines[0] = uint8_t(LineState::FreshStart);
  allocation.allocatedBytes += bytes;
  counts.allocatedBytes += bytes;
}

void Heap::useRegion(const Region &region) {
  allocation.regionBegin = region.cursor;
  allocation.regionEnd = region.end;
  allocation.record.cursor = region.cursor;
  allocation.record.limit = options.collectAlways ? region.cursor : region.end;
}

/// Says that the rest of a region is no object.
void Heap::closeRegion(uint64_t cursor, uint64_t end) {
  if (cursor == end)
    return;
  space->header(cursor) = {artifact::fillerTypeId, uint32_t(end - cursor)};
  allocation.allocatedBytes -= end - cursor;
  counts.allocatedBytes -= end - cursor;
}

void Heap::closeRegions() {
  closeRegion(allocation.record.cursor, allocation.regionEnd);
  closeRegion(allocation.overflow.cursor, allocation.overflow.end);
  useRegion({});
  allocation.overflow = {};
}

/// Begins to allocate from the first block on.
void Heap::startAllocation() {
  const artifact::HeapRecord record = allocation.record;
  allocation = {};
  allocation.record = {record.base, 0, 0, record.displays, record.kinds};
  allocation.nextRecyclable = allocation.nextFree = allocation.nextForMedium = firstBlock;
}

std::expected<uint64_t, HeapError> Heap::allocateLarge(uint64_t bytes) {
  const uint32_t count = uint32_t((bytes + blockBytes - 1) / blockBytes);
  const uint32_t head = takeFreeBlocks(count);
  if (head == 0)
    return limitExceeded();
  if (!makeZero(head, count))
    return std::unexpected(HeapError::Interrupted);
  freeBlocks -= count;
  for (uint32_t block = head; block < head + count; ++block) {
    space->states[block] = BlockState::LargeTail;
    space->runs[block] = head;
    space->isZero[block] = false;
  }
  space->states[head] = BlockState::LargeHead;
  space->runs[head] = count;
  allocation.allocatedBytes += offsetOf(count);
  counts.allocatedBytes += offsetOf(count);
  return offsetOf(head);
}

/// False if it was interrupted; what is zero by then is known to be.
bool Heap::makeZero(uint32_t block, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    if (i % zeroStep == zeroStep - 1 && client.isInterrupted())
      return false;
    if (space->isZero[block + i])
      continue;
    std::memset(space->at(offsetOf(block + i)), 0, blockBytes);
    space->isZero[block + i] = true;
  }
  return true;
}

} // namespace w2n::heap
