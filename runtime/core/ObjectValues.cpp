// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/ObjectValues.h"

#include "lib/artifact/ObjectLayout.h"
#include "runtime/core/CanonicalTypes.h"
#include "runtime/core/HeapTypeTable.h"

#include <cstring>

namespace w2n::runtime {

using artifact::ObjectHeader;
using wasm::FieldType;
using wasm::ValueType;

namespace {

bool isI31(uint32_t reference) { return reference & 1; }

/// Null for what is no object.
const ObjectHeader *headerIn(heap::Heap *heap, uint32_t reference) {
  return heap ? heap->object(reference) : nullptr;
}

uint32_t bytesOf(const FieldType &field) {
  return artifact::fieldBytes(field, isHeapReference(field.type));
}

bool isArray(heap::Heap &heap, uint32_t typeId) {
  return heap.record().kinds[typeId] == artifact::ObjectKind::Array;
}

} // namespace

bool isObjectOf(ValueType type, uint32_t reference, heap::Heap *heap) {
  if (reference == 0)
    return type.nullable;
  type.nullable = false;
  if (isI31(reference))
    return matches(ValueType::reference(wasm::HeapKind::I31, false), type);
  const ObjectHeader *header = headerIn(heap, reference);
  if (!header)
    return false;
  // Boxes are of no type below any.
  if (header->typeId == artifact::externBoxTypeId)
    return type.heap == wasm::HeapKind::Any;
  return matches(ValueType::referenceTo(header->typeId, false), type);
}

uint32_t fieldCount(heap::Heap &heap, uint32_t reference) {
  const ObjectHeader *header = isI31(reference) ? nullptr : headerIn(&heap, reference);
  if (!header || header->typeId == artifact::externBoxTypeId)
    return 0;
  return isArray(heap, header->typeId) ? header->length
                                       : uint32_t(canonicalFields(header->typeId).size());
}

FieldPlace fieldOf(heap::Heap &heap, uint32_t reference, uint32_t index) {
  const ObjectHeader &header = *heap.object(reference);
  const auto fields = canonicalFields(header.typeId);
  uint8_t *const object = heap.record().base + reference;
  if (isArray(heap, header.typeId)) {
    const uint32_t bytes = bytesOf(fields[0]);
    return {fields[0], bytes, object + artifact::objectHeaderBytes + uint64_t(index) * bytes};
  }
  uint32_t end = artifact::objectHeaderBytes;
  for (const FieldType &field : fields.first(index)) {
    const uint32_t bytes = bytesOf(field);
    end = artifact::fieldOffset(end, bytes) + bytes;
  }
  const uint32_t bytes = bytesOf(fields[index]);
  return {fields[index], bytes, object + artifact::fieldOffset(end, bytes)};
}

void readField(const FieldPlace &place, Slot *slots) {
  slots[0] = slots[1] = 0;
  std::memcpy(slots, place.address, place.bytes);
}

void writeField(const FieldPlace &place, const Slot *slots) {
  std::memcpy(place.address, slots, place.bytes);
}

Slot externOf(heap::Heap *heap, uint32_t reference) {
  if (reference == 0)
    return 0;
  const ObjectHeader *header = isI31(reference) ? nullptr : headerIn(heap, reference);
  if (header && header->typeId == artifact::externBoxTypeId && header->length == 0) {
    Slot value;
    std::memcpy(&value, header + 1, sizeof value);
    return value;
  }
  return artifact::externTag | reference;
}

} // namespace w2n::runtime
