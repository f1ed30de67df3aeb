// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/heap/Heap.h"

#include "runtime/heap/Objects.h"

#include <new>

namespace w2n::heap {

namespace {

/// An entry of the mark stack for so many bytes of heap: enough for all but heaps of tiny objects
/// in wide arrays, whose marking goes through some blocks twice.
constexpr uint64_t bytesPerEntry = 512;
constexpr uint64_t entryBytes = 8;

} // namespace

Result<std::unique_ptr<Heap>> Heap::create(const HeapTypes &types, HeapClient &client,
                                           const HeapOptions &options) {
  std::unique_ptr<Heap> heap(new (std::nothrow) Heap(types, client, options));
  if (heap)
    heap->space = Space::create(options.maxBytes);
  if (!heap || !heap->space)
    return fail(ErrorKind::Limit,
                "no address space for a heap of " + std::to_string(options.maxBytes) + " bytes");
  const uint64_t entries =
      std::max<uint64_t>(options.markStackEntries, offsetOf(heap->space->blockEnd) / bytesPerEntry);
  heap->markStack = GrowingTable::reserve(entries * entryBytes);
  if (!heap->markStack)
    return fail(ErrorKind::Limit, "no address space for the mark stack of a heap");
  heap->allocation.record = {heap->space->base, 0, 0, types.displays(), types.kinds()};
  heap->collectAtBytes = options.minCollectBytes;
  heap->startAllocation();
  return heap;
}

Heap::~Heap() {
  if (space)
    finalizeFrom(0);
}

void Heap::finalizeFrom(size_t first) {
  for (const HostObject &object : hostObjects.all().subspan(first))
    object.finalize(object.data);
  hostObjects.truncate(first);
}

bool Heap::reset(uint64_t residentBytes) {
  finalizeFrom(0);
  handles.clear();
  // The last block is zero from the cursor on, if it was taken as a whole; but for a header that
  // may have been written before the cursor was moved past it.
  const bool isLast = allocation.regionEnd == offsetOf(space->frontier) &&
                      allocation.regionBegin == allocation.regionEnd - blockBytes;
  const uint64_t zeroBegin =
      isLast ? allocation.record.cursor + artifact::objectHeaderBytes : UINT64_MAX;
  const bool isReset = space->reset(residentBytes, zeroBegin);
  counts = {};
  freeBlocks = 0;
  collectAtBytes = options.minCollectBytes;
  startAllocation();
  return isReset;
}

HeapStats Heap::stats() const {
  HeapStats stats = counts;
  stats.allocatedBytes -= allocation.regionEnd - allocation.record.cursor;
  stats.allocatedBytes -= allocation.overflow.end - allocation.overflow.cursor;
  stats.usedBytes = offsetOf(space->frontier - firstBlock - freeBlocks);
  return stats;
}

uint64_t Heap::maxBytes() const { return offsetOf(space->blockEnd - firstBlock); }

uint64_t Heap::objectBytes(uint32_t reference) const {
  const artifact::ObjectHeader &header = space->header(reference);
  return clampedBytes(*space, reference,
                      declaredBytes(types.descriptor(header.typeId), header.length));
}

} // namespace w2n::heap
