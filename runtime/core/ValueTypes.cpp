// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/ValueTypes.h"

#include "lib/artifact/TypeCodes.h"
#include "runtime/core/CanonicalTypes.h"

namespace w2n::runtime {

using artifact::ValueTypeCode;
using wasm::ValueType;

wasm::ValueType valueTypeOf(ValueTypeCode code) { return artifact::decodeType(uint32_t(code)); }

ValueTypeCode codeOf(ValueType type) {
  switch (type.kind) {
  case wasm::ValueKind::I32:
    return ValueTypeCode::I32;
  case wasm::ValueKind::I64:
    return ValueTypeCode::I64;
  case wasm::ValueKind::F32:
    return ValueTypeCode::F32;
  case wasm::ValueKind::F64:
    return ValueTypeCode::F64;
  case wasm::ValueKind::V128:
    return ValueTypeCode::V128;
  case wasm::ValueKind::Ref:
  case wasm::ValueKind::Bottom:
    break;
  }
  if (type.heap == wasm::HeapKind::Exn || type.heap == wasm::HeapKind::NoExn)
    return ValueTypeCode::ExnRef;
  return holdsFunctions(type) ? ValueTypeCode::FuncRef : ValueTypeCode::ExternRef;
}

namespace {

ValueType valueTypeOf(uint32_t code, std::span<const uint32_t> typeIds) {
  ValueType type = artifact::decodeType(code);
  if (type.isDefined() && !typeIds.empty())
    type.typeIndex = typeIds[type.typeIndex];
  return type;
}

wasm::Limits limitsOf(uint32_t flags, uint64_t min, uint64_t max) {
  wasm::Limits limits;
  limits.min = min;
  if (flags & artifact::limitHasMax)
    limits.max = max;
  limits.is64 = flags & artifact::limitIs64;
  limits.shared = flags & artifact::limitShared;
  return limits;
}

} // namespace

wasm::FunctionType functionTypeOf(const artifact::Metadata &metadata,
                                  const artifact::TypeRecord &type) {
  wasm::FunctionType function;
  const auto details = metadata.indices(type.details);
  auto add = [&](std::span<const uint8_t> codes, size_t firstDetail,
                 std::vector<ValueType> &values) {
    for (size_t i = 0; i < codes.size(); ++i)
      values.push_back(artifact::decodeType(details.empty() ? codes[i] : details[firstDetail + i]));
  };
  add(metadata.valueTypes(type.params), 0, function.params);
  add(metadata.valueTypes(type.results), type.params.count, function.results);
  return function;
}

wasm::FieldType fieldTypeOf(uint32_t code) {
  wasm::FieldType field{artifact::decodeType(code)};
  field.packedBits = code & artifact::codePacked8 ? 8 : code & artifact::codePacked16 ? 16 : 0;
  field.isMutable = code & artifact::codeMutable;
  return field;
}

wasm::TypeDefinition typeDefinitionOf(const artifact::Metadata &metadata,
                                      const artifact::TypeRecord &type) {
  wasm::TypeDefinition definition;
  definition.kind = wasm::CompositeKind(type.flags & artifact::typeKindBits);
  definition.isFinal = !(type.flags & artifact::typeIsOpen);
  if (type.flags & artifact::typeHasSuper)
    definition.super = type.super;
  if (definition.kind == wasm::CompositeKind::Function)
    definition.function = functionTypeOf(metadata, type);
  else
    for (uint32_t code : metadata.indices(type.details))
      definition.fields.push_back(fieldTypeOf(code));
  return definition;
}

wasm::TableType tableTypeOf(const artifact::TableRecordInfo &info,
                            std::span<const uint32_t> typeIds) {
  return {valueTypeOf(info.elementType, typeIds), limitsOf(info.flags, info.min, info.max)};
}

wasm::MemoryType memoryTypeOf(const artifact::MemoryRecordInfo &info) {
  return {limitsOf(info.flags, info.min, info.max), uint8_t(info.pageSizeLog2)};
}

wasm::GlobalType globalTypeOf(const artifact::GlobalRecordInfo &info,
                              std::span<const uint32_t> typeIds) {
  return {valueTypeOf(info.type, typeIds), info.isMutable != 0};
}

} // namespace w2n::runtime
