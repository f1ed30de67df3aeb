// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Objects as services see them. One heap for the process, whose objects are not freed yet: its size
// is limited.

#include "runtime/core/HeapServices.h"

#include "lib/artifact/ObjectLayout.h"
#include "runtime/core/Activation.h"
#include "runtime/core/CanonicalTypes.h"
#include "runtime/core/HeapTypeTable.h"
#include "runtime/core/HostValues.h"
#include "runtime/core/Pieces.h"
#include "runtime/platform/VirtualMemory.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>

namespace w2n::runtime {

namespace {

using namespace artifact;

constexpr uint64_t mostHeapBytes = 256 << 20;
constexpr uint32_t mostTypes = 1 << 20;

/// What is known of a type: the size of a structure, or log2 of that of an element.
struct ObjectType {
  uint32_t bytes;
};

struct ProcessHeap {
  ProcessHeap();
  template <typename T> static T *table(uint64_t count) {
    uint8_t *address = platform::reserve(platform::roundUpToPage(count * sizeof(T)));
    if (address && !platform::commit(address, platform::roundUpToPage(count * sizeof(T))))
      return nullptr;
    return reinterpret_cast<T *>(address);
  }

  std::mutex lock;
  HeapRecord record = {};
  uint32_t *displays = nullptr;
  ObjectKind *kinds = nullptr;
  ObjectType *types = nullptr;
};

ProcessHeap::ProcessHeap() {
  displays = table<uint32_t>(uint64_t(mostTypes) * displayEntries);
  kinds = table<ObjectKind>(mostTypes);
  types = table<ObjectType>(mostTypes);
  uint8_t *base = platform::reserve(maxHeapBytes + heapGuardBytes);
  if (!displays || !kinds || !types || !base ||
      !platform::commit(base + nullGuardBytes, mostHeapBytes))
    return;
  std::fill_n(displays, displayEntries, ~uint32_t(0));
  record = {base, nullGuardBytes, nullGuardBytes, displays, kinds};
}

ProcessHeap &heap() {
  static auto &instance = *new ProcessHeap;
  return instance;
}

ObjectHeader &headerOf(uint32_t reference) {
  return *reinterpret_cast<ObjectHeader *>(heap().record.base + reference);
}

uint8_t *elementAt(uint32_t array, uint32_t index, uint32_t log2) {
  return heap().record.base + array + objectHeaderBytes + (uint64_t(index) << log2);
}

bool isInArray(uint32_t array, uint32_t index, uint32_t count) {
  return uint64_t(index) + count <= headerOf(array).length;
}

/// 0 if there is no room.
uint32_t place(ObjectHeader header, uint64_t bytes) {
  HeapRecord &record = heap().record;
  std::lock_guard guard(heap().lock);
  if (!record.base || bytes > nullGuardBytes + mostHeapBytes - record.cursor)
    return 0;
  const auto reference = uint32_t(record.cursor);
  record.cursor = record.limit = record.cursor + bytes;
  headerOf(reference) = header;
  return reference;
}

uint32_t placeBox(uint64_t value) {
  const uint32_t box = place({externBoxTypeId, 0}, objectHeaderBytes + sizeof(value));
  if (box != 0)
    std::memcpy(elementAt(box, 0, 0), &value, sizeof(value));
  return box;
}

void noteNoRoom() { noteHostError(limitError("no room for another object in the heap")); }

} // namespace

HeapRecord *processHeap() { return heap().record.base ? &heap().record : nullptr; }

uint32_t allocateObject(InstanceContext *, uint32_t typeId, uint32_t length) {
  const uint32_t size = heap().types[typeId].bytes;
  const bool isArray = heap().kinds[typeId] == ObjectKind::Array;
  const uint32_t reference = place({typeId, length}, isArray ? arrayBytes(length, size) : size);
  if (reference == 0)
    noteNoRoom();
  return reference;
}

Status defineHeapType(uint32_t number, wasm::CompositeKind kind,
                      std::span<const wasm::FieldType> fields, std::span<const uint32_t> display) {
  if (number >= mostTypes || !processHeap())
    return fail(ErrorKind::Limit, "no room for another type of objects");
  uint32_t end = objectHeaderBytes, width = 0;
  for (const wasm::FieldType &field : fields) {
    width = fieldBytes(field, isHeapReference(field.type));
    end = fieldOffset(end, width) + width;
  }
  const bool isArray = kind == wasm::CompositeKind::Array;
  heap().types[number].bytes = isArray ? uint32_t(std::countr_zero(width)) : alignObject(end);
  heap().kinds[number] = isArray ? ObjectKind::Array : ObjectKind::Struct;
  uint32_t *row = heap().displays + uint64_t(number) * displayEntries;
  std::fill(std::ranges::copy(display, row).out, row + displayEntries, ~uint32_t(0));
  return {};
}

void removeHeapType(uint32_t number) {
  if (number < mostTypes && processHeap())
    heap().kinds[number] = ObjectKind::None;
}

Result<Slot> boxHostValue(Instance &, Slot value) {
  if (const uint32_t box = placeBox(value))
    return box;
  return fail(ErrorKind::Limit, "no room for a value of the host in the heap");
}

Slot hostValueIn(Instance &, Slot reference) {
  if (reference == 0 || (reference & 1))
    return 0;
  const ObjectHeader &header = headerOf(uint32_t(reference));
  if (header.typeId != externBoxTypeId || header.length != 0)
    return 0;
  Slot value;
  std::memcpy(&value, &header + 1, sizeof(value));
  return value;
}

} // namespace w2n::runtime

using namespace w2n::runtime;
using namespace w2n::artifact;

extern "C" {

uint64_t w2nAllocateObject(InstanceContext *context, uint32_t typeId, uint32_t length) {
  return allocateObject(context, typeId, length);
}

uint64_t w2nAllocateExternBox(InstanceContext *, uint64_t value) {
  const uint32_t box = placeBox(value);
  if (box == 0)
    noteNoRoom();
  return box;
}

uint32_t w2nArrayCopy(InstanceContext *, uint32_t destination, uint32_t destinationIndex,
                      uint32_t source, uint32_t sourceIndex, uint32_t count) {
  if (!isInArray(destination, destinationIndex, count) || !isInArray(source, sourceIndex, count)) {
    noteTrap(TrapKind::ArrayOutOfBounds);
    return 1;
  }
  const uint32_t log2 = heap().types[headerOf(destination).typeId].bytes;
  uint8_t *const to = elementAt(destination, destinationIndex, log2);
  const uint8_t *const from = elementAt(source, sourceIndex, log2);
  inPieces(
      uint64_t(count) << log2, pieceBytes,
      [&](uint64_t first, uint64_t bytes) { std::memmove(to + first, from + first, bytes); },
      from < to ? Direction::Down : Direction::Up);
  return 0;
}

uint32_t w2nArrayFill(InstanceContext *, uint32_t array, uint32_t index, uint32_t count,
                      uint64_t value, uint64_t upperValue) {
  if (!isInArray(array, index, count)) {
    noteTrap(TrapKind::ArrayOutOfBounds);
    return 1;
  }
  const uint32_t log2 = heap().types[headerOf(array).typeId].bytes;
  const uint64_t words[2] = {value, upperValue};
  uint8_t *const to = elementAt(array, index, log2);
  inPieces(count, pieceElements, [&](uint64_t first, uint64_t elements) {
    for (uint64_t i = first; i < first + elements; ++i)
      std::memcpy(to + (i << log2), words, size_t(1) << log2);
  });
  return 0;
}
}
