// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Services that compiled code calls for objects: allocation where the region of the cursor is used
// up, boxes, array.copy and array.fill.
#include "runtime/core/HeapServices.h"

#include "runtime/core/Activation.h"
#include "runtime/core/HostValues.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Pieces.h"
#include "runtime/core/StoreHeap.h"

#include <array>
#include <cstring>

namespace w2n::runtime {

namespace {

using artifact::InstanceContext;
using artifact::ObjectHeader;
using artifact::TrapKind;
using heap::HeapError;

Error heapFull(heap::Heap &heap) {
  return limitError("heap limit exceeded: of its " + std::to_string(heap.maxBytes()) +
                    " bytes too few are free");
}

/// The reference, or 0 after noting the trap.
uint32_t resultOf(std::expected<uint32_t, HeapError> made, heap::Heap &heap) {
  if (made) [[likely]]
    return *made;
  if (made.error() == HeapError::Interrupted && isInterrupted())
    noteTrap(TrapKind(pendingInterrupt()));
  else
    noteHostError(heapFull(heap));
  return 0;
}

/// Null after noting the trap, in code that a heap was not foreseen for.
heap::Heap *heapOf(InstanceContext *context) {
  StoreHeap *store = instanceOf(context).state().heap.get();
  if (!store)
    noteHostError(limitError("the module says that it needs no heap, and uses one"));
  return store ? &store->objects() : nullptr;
}

uint32_t trapOutOfBounds() {
  noteTrap(TrapKind::ArrayOutOfBounds);
  return 1;
}

/// An array of the instance's heap.
class Array {
public:
  Array(InstanceContext *context, uint32_t reference)
      : header(*reinterpret_cast<ObjectHeader *>(context->heapBase + reference)) {}
  bool has(uint32_t index, uint32_t count) const {
    return uint64_t(index) + count <= header.length;
  }
  uint8_t *at(uint64_t index, unsigned elementLog2) const {
    return reinterpret_cast<uint8_t *>(&header + 1) + (index << elementLog2);
  }
  ObjectHeader &header;
};

template <typename T> void fill(uint8_t *to, uint64_t count, T value) {
  inPieces(count, pieceElements, [&](uint64_t first, uint64_t pieceCount) {
    for (uint64_t i = first; i < first + pieceCount; ++i)
      std::memcpy(to + i * sizeof(T), &value, sizeof(T));
  });
}

} // namespace

uint32_t allocateObject(InstanceContext *context, uint32_t typeId, uint32_t length) {
  heap::Heap *heap = heapOf(context);
  return heap ? resultOf(heap->allocate(typeId, length), *heap) : 0;
}

Result<uint32_t> madeByHost(std::expected<uint32_t, HeapError> made, heap::Heap &heap) {
  if (made)
    return *made;
  return std::unexpected(made.error() == HeapError::Interrupted && isInterrupted()
                             ? interruptError()
                             : heapFull(heap));
}

Result<Slot> boxHostValue(Instance &instance, Slot value) {
  StoreHeap *store = instance.state().heap.get();
  if (!store)
    return fail(ErrorKind::Unsupported, "the instance has no heap for a box of the host's value");
  return madeByHost(store->objects().allocateExternBox(value), store->objects());
}

Slot hostValueIn(Instance &instance, Slot reference) {
  StoreHeap *store = instance.state().heap.get();
  const ObjectHeader *header = store ? store->objects().object(uint32_t(reference)) : nullptr;
  if (!header || header->typeId != artifact::externBoxTypeId || header->length != 0)
    return 0;
  Slot value;
  std::memcpy(&value, header + 1, sizeof value);
  return value;
}

} // namespace w2n::runtime

using namespace w2n::runtime;

extern "C" {

uint64_t w2nAllocateObject(InstanceContext *context, uint32_t typeId, uint32_t length) {
  return allocateObject(context, typeId, length);
}

uint64_t w2nAllocateExternBox(InstanceContext *context, uint64_t value) {
  w2n::heap::Heap *heap = heapOf(context);
  return heap ? resultOf(heap->allocateExternBox(value), *heap) : 0;
}

uint32_t w2nArrayCopy(InstanceContext *context, uint32_t destination, uint32_t destinationIndex,
                      uint32_t source, uint32_t sourceIndex, uint32_t count) {
  const Array to(context, destination), from(context, source);
  if (!to.has(destinationIndex, count) || !from.has(sourceIndex, count))
    return trapOutOfBounds();
  const unsigned log2 = instanceOf(context).state().heap->objects().elementLog2(to.header.typeId);
  uint8_t *const target = to.at(destinationIndex, log2);
  const uint8_t *const origin = from.at(sourceIndex, log2);
  inPieces(
      uint64_t(count) << log2, pieceBytes,
      [&](uint64_t first, uint64_t bytes) { std::memmove(target + first, origin + first, bytes); },
      target < origin ? Direction::Up : Direction::Down);
  return 0;
}

uint32_t w2nArrayFill(InstanceContext *context, uint32_t array, uint32_t index, uint32_t count,
                      uint64_t value, uint64_t upperValue) {
  const Array to(context, array);
  if (!to.has(index, count))
    return trapOutOfBounds();
  const unsigned log2 = instanceOf(context).state().heap->objects().elementLog2(to.header.typeId);
  uint8_t *const target = to.at(index, log2);
  switch (log2) {
  case 0:
    fill(target, count, uint8_t(value));
    break;
  case 1:
    fill(target, count, uint16_t(value));
    break;
  case 2:
    fill(target, count, uint32_t(value));
    break;
  case 3:
    fill(target, count, value);
    break;
  default:
    fill(target, count, std::array{value, upperValue});
  }
  return 0;
}
}
