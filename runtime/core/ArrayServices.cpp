// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Services that compiled code calls to make arrays from segments, or to fill them from segments
// (core specification, section 4.6.6: array.new_data, array.new_elem, array.init_data,
// array.init_elem). Each checks everything before any effect.

#include "lib/artifact/HeapLayout.h"
#include "runtime/core/Activation.h"
#include "runtime/core/HeapServices.h"
#include "runtime/core/InstanceState.h"
#include "runtime/core/Pieces.h"

#include <cstring>

namespace w2n::runtime {

namespace {

using artifact::InstanceContext;
using artifact::ObjectHeader;
using artifact::TrapKind;

/// A segment and the elements that are made of it, as compiled code hands them over.
struct SegmentUse {
  explicit SegmentUse(uint64_t bits) : segment(uint32_t(bits)), elementLog2(uint32_t(bits >> 32)) {}

  uint32_t segment, elementLog2;
};

ObjectHeader &headerOf(InstanceContext *context, uint32_t array) {
  return *reinterpret_cast<ObjectHeader *>(context->heapBase + array);
}

uint8_t *elementsOf(InstanceContext *context, uint32_t array) {
  return context->heapBase + array + artifact::objectHeaderBytes;
}

/// The bytes of a data segment from `offset` on, or nothing if it has not so many.
const uint8_t *dataAt(InstanceContext *context, SegmentUse use, uint32_t offset, uint32_t count) {
  static constexpr uint8_t empty = 0;
  const auto &state = instanceOf(context).state();
  const std::span<const uint8_t> bytes = state.dataOf(use.segment);
  if (offset + (uint64_t(count) << use.elementLog2) > bytes.size())
    return nullptr;
  return bytes.empty() ? &empty : bytes.data() + offset;
}

void copyData(uint8_t *to, const uint8_t *from, uint64_t bytes) {
  inPieces(bytes, pieceBytes,
           [&](uint64_t first, uint64_t count) { std::memcpy(to + first, from + first, count); });
}

bool hasElements(InstanceContext *context, SegmentUse use, uint32_t offset, uint32_t count) {
  const auto &state = instanceOf(context).state();
  return uint64_t(offset) + count <= state.segmentElements(use.segment);
}

/// References of the heap are the lower halves of a segment's values.
void copyElements(InstanceContext *context, uint8_t *to, SegmentUse use, uint32_t offset,
                  uint64_t count) {
  auto &state = instanceOf(context).state();
  const uint64_t width = uint64_t(1) << use.elementLog2;
  inPieces(count, pieceElements, [&](uint64_t first, uint64_t elements) {
    for (uint64_t i = first; i < first + elements; ++i) {
      const uint64_t value = state.elementOf(use.segment, offset + i);
      std::memcpy(to + i * width, &value, width);
    }
  });
}

bool isInArray(InstanceContext *context, uint32_t array, uint32_t index, uint32_t count) {
  return uint64_t(index) + count <= headerOf(context, array).length;
}

} // namespace
} // namespace w2n::runtime

using namespace w2n::runtime;

extern "C" {

uint64_t w2nArrayNewData(InstanceContext *context, uint32_t typeId, uint64_t segment,
                         uint32_t offset, uint32_t count) {
  const SegmentUse use(segment);
  const uint8_t *from = dataAt(context, use, offset, count);
  if (!from) {
    noteTrap(TrapKind::MemoryOutOfBounds);
    return 0;
  }
  const uint32_t array = allocateObject(context, typeId, count);
  if (array != 0)
    copyData(elementsOf(context, array), from, uint64_t(count) << use.elementLog2);
  return array;
}

uint64_t w2nArrayNewElement(InstanceContext *context, uint32_t typeId, uint64_t segment,
                            uint32_t offset, uint32_t count) {
  const SegmentUse use(segment);
  if (!hasElements(context, use, offset, count)) {
    noteTrap(TrapKind::TableOutOfBounds);
    return 0;
  }
  const uint32_t array = allocateObject(context, typeId, count);
  if (array != 0)
    copyElements(context, elementsOf(context, array), use, offset, count);
  return array;
}

uint32_t w2nArrayInitData(InstanceContext *context, uint32_t array, uint32_t index,
                          uint64_t segment, uint32_t offset, uint32_t count) {
  const SegmentUse use(segment);
  if (!isInArray(context, array, index, count))
    return trapWith(TrapKind::ArrayOutOfBounds);
  const uint8_t *from = dataAt(context, use, offset, count);
  if (!from)
    return trapWith(TrapKind::MemoryOutOfBounds);
  copyData(elementsOf(context, array) + (uint64_t(index) << use.elementLog2), from,
           uint64_t(count) << use.elementLog2);
  return 0;
}

uint32_t w2nArrayInitElement(InstanceContext *context, uint32_t array, uint32_t index,
                             uint64_t segment, uint32_t offset, uint32_t count) {
  const SegmentUse use(segment);
  if (!isInArray(context, array, index, count))
    return trapWith(TrapKind::ArrayOutOfBounds);
  if (!hasElements(context, use, offset, count))
    return trapWith(TrapKind::TableOutOfBounds);
  copyElements(context, elementsOf(context, array) + (uint64_t(index) << use.elementLog2), use,
               offset, count);
  return 0;
}
}
