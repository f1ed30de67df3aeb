// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Each function here is the inverse of one in DecodeTypes.cpp.

#include "lib/wasm/EncodeTypes.h"

#include "lib/wasm/DecodeTypes.h"

namespace w2n::wasm {

void encodeHeapType(ByteWriter &out, ValueType type) {
  if (type.isDefined())
    return out.writeSigned(type.typeIndex);
  // The abstract types are single bytes, which the decoder's table has.
  const ValueType nullable = type.withNull(true);
  uint8_t byte = 0x69;
  while (valueTypeOf(byte) != nullable)
    ++byte;
  out.writeByte(byte);
}

void encodeValueType(ByteWriter &out, ValueType type) {
  if (!type.isRef())
    return out.writeByte(uint8_t(0x7f - uint8_t(type.kind)));
  if (!type.nullable)
    out.writeByte(0x64);
  else if (type.isDefined())
    out.writeByte(0x63);
  encodeHeapType(out, type);
}

namespace {

constexpr uint8_t groupForm = 0x4e, packed8 = 0x78, packed16 = 0x77;

void encodeField(ByteWriter &out, const FieldType &field, const IndexMap &map) {
  if (field.isPacked())
    out.writeByte(field.packedBits == 8 ? packed8 : packed16);
  else
    encodeValueType(out, map(field.type));
  out.writeByte(field.isMutable);
}

void encodeType(ByteWriter &out, const TypeDefinition &type, const IndexMap &map) {
  if (!type.isFinal || type.super) {
    out.writeByte(type.isFinal ? finalSubForm : subForm);
    out.writeUnsigned(type.super ? 1 : 0);
    if (type.super)
      out.writeUnsigned(map.firstType + *type.super);
  }
  switch (type.kind) {
  case CompositeKind::Function:
    return encodeFunctionType(out, type.function, map);
  case CompositeKind::Struct:
    out.writeByte(structForm);
    out.writeUnsigned(type.fields.size());
    for (const FieldType &field : type.fields)
      encodeField(out, field, map);
    return;
  case CompositeKind::Array:
    out.writeByte(arrayForm);
    return encodeField(out, type.fields.front(), map);
  }
}

void encodeLimits(ByteWriter &out, const Limits &limits, uint8_t flags = 0) {
  flags |= (limits.max ? 1 : 0) | (limits.shared ? 2 : 0) | (limits.is64 ? 4 : 0);
  out.writeByte(flags);
  out.writeUnsigned(limits.min);
  if (limits.max)
    out.writeUnsigned(*limits.max);
}

} // namespace

void encodeFunctionType(ByteWriter &out, const FunctionType &type, const IndexMap &map) {
  out.writeByte(functionForm);
  for (const auto *list : {&type.params, &type.results}) {
    out.writeUnsigned(list->size());
    for (const ValueType value : *list)
      encodeValueType(out, map(value));
  }
}

uint32_t encodeTypes(ByteWriter &out, std::span<const TypeDefinition> all, uint32_t firstType) {
  IndexMap map;
  map.firstType = firstType;
  uint32_t groups = 0;
  for (size_t begin = 0; begin < all.size(); begin = all[begin].groupEnd, ++groups) {
    const auto group = all.subspan(begin, all[begin].groupEnd - begin);
    if (group.size() != 1) {
      out.writeByte(groupForm);
      out.writeUnsigned(group.size());
    }
    for (const TypeDefinition &type : group)
      encodeType(out, type, map);
  }
  return groups;
}

void encodeTableType(ByteWriter &out, const TableType &type) {
  encodeValueType(out, type.element);
  encodeLimits(out, type.limits);
}

void encodeMemoryType(ByteWriter &out, const MemoryType &type) {
  const bool hasPageSize = type.pageSizeLog2 != 16;
  encodeLimits(out, type.limits, hasPageSize ? 8 : 0);
  if (hasPageSize)
    out.writeUnsigned(type.pageSizeLog2);
}

} // namespace w2n::wasm
