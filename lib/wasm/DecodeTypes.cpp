// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/DecodeTypes.h"

#include "lib/wasm/Limits.h"

namespace w2n::wasm {

namespace {

/// The abstract heap types by their bytes, from 0x69 on (5.3.3).
constexpr std::optional<HeapKind> heapKinds[] = {
    HeapKind::Exn,  HeapKind::Array,    HeapKind::Struct, HeapKind::I31,
    HeapKind::Eq,   HeapKind::Any,      HeapKind::Extern, HeapKind::Func,
    HeapKind::None, HeapKind::NoExtern, HeapKind::NoFunc, HeapKind::NoExn};
constexpr uint8_t firstHeapKind = 0x69;

std::optional<HeapKind> heapKindOf(uint8_t byte) {
  if (byte < firstHeapKind || byte >= firstHeapKind + std::size(heapKinds))
    return std::nullopt;
  return heapKinds[byte - firstHeapKind];
}

constexpr uint8_t nullableReference = 0x63, reference = 0x64, plainFuncref = 0x70;

Feature featureOf(HeapKind heap) {
  switch (heap) {
  case HeapKind::Func:
  case HeapKind::Extern:
    return Feature::ReferenceTypes;
  case HeapKind::Index:
    return Feature::FunctionReferences;
  case HeapKind::Exn:
  case HeapKind::NoExn:
    return Feature::ExceptionHandling;
  case HeapKind::Any:
  case HeapKind::Eq:
  case HeapKind::I31:
  case HeapKind::Struct:
  case HeapKind::Array:
  case HeapKind::None:
  case HeapKind::NoFunc:
  case HeapKind::NoExtern:
  case HeapKind::Bottom:
    return Feature::GarbageCollection;
  }
  return Feature::GarbageCollection;
}

Feature featureOf(ValueType type) {
  if (type.isRef())
    return featureOf(type.heap);
  return type.kind == ValueKind::V128 ? Feature::Simd : Feature::Mvp;
}

std::string hex(uint8_t byte) {
  constexpr char digits[] = "0123456789abcdef";
  return {'0', 'x', digits[byte >> 4], digits[byte & 15]};
}

} // namespace

std::optional<ValueType> valueTypeOf(uint8_t byte) {
  switch (byte) {
  case 0x7f:
    return ValueType::i32();
  case 0x7e:
    return ValueType::i64();
  case 0x7d:
    return ValueType::f32();
  case 0x7c:
    return ValueType::f64();
  case 0x7b:
    return ValueType::v128();
  default:
    if (const std::optional<HeapKind> heap = heapKindOf(byte))
      return ValueType::reference(*heap);
    return std::nullopt;
  }
}

Result<ValueType> decodeValueType(ByteReader &reader, FeatureSet &needs) {
  W2N_TRY(byte, reader.readByte());
  if (std::optional<ValueType> type = valueTypeOf(byte)) {
    needs.add(featureOf(*type));
    return *type;
  }
  if (byte == nullableReference || byte == reference) {
    needs.add(Feature::FunctionReferences);
    W2N_TRY(type, decodeHeapType(reader, needs));
    return type.withNull(byte == nullableReference);
  }
  return reader.malformed("malformed value type " + hex(byte));
}

Result<ValueType> decodeReferenceType(ByteReader &reader, FeatureSet &needs) {
  ByteReader ahead = reader;
  W2N_TRY(byte, ahead.readByte());
  const bool isReference = byte == nullableReference || byte == reference || heapKindOf(byte);
  if (!isReference)
    return ahead.malformed("malformed reference type " + hex(byte));
  return decodeValueType(reader, needs);
}

Result<ValueType> decodeHeapType(ByteReader &reader, FeatureSet &needs) {
  // A type index, or a single byte, which as a number is negative (5.3.3).
  ByteReader ahead = reader;
  W2N_TRY(code, ahead.readS33());
  if (code >= 0) {
    reader = ahead;
    needs.add(featureOf(HeapKind::Index));
    return ValueType::referenceTo(uint32_t(code), true);
  }
  W2N_TRY(byte, reader.readByte());
  if (const std::optional<HeapKind> heap = heapKindOf(byte)) {
    needs.add(featureOf(*heap));
    return ValueType::reference(*heap);
  }
  return reader.malformed("malformed heap type " + hex(byte));
}

Result<uint64_t> decodeAddressNumber(ByteReader &reader, FeatureSet &needs) {
  constexpr uint64_t maxBytes32 = 5;
  const uint64_t begin = reader.offset();
  W2N_TRY(number, reader.readU64());
  if (number > UINT32_MAX || reader.offset() - begin > maxBytes32)
    needs.add(Feature::Memory64);
  return number;
}

Result<uint32_t> decodeLaterIndex(ByteReader &reader, Feature feature, FeatureSet &needs) {
  const uint64_t begin = reader.offset();
  W2N_TRY(index, reader.readU32());
  if (index != 0 || reader.offset() - begin > 1)
    needs.add(feature);
  return index;
}

namespace {

/// The limits after their flags.
Result<Limits> decodeLimits(ByteReader &reader, uint8_t flags, FeatureSet &needs) {
  Limits limits;
  limits.shared = flags & 2;
  limits.is64 = flags & 4;
  if (limits.shared)
    needs.add(Feature::Threads);
  if (limits.is64)
    needs.add(Feature::Memory64);
  // 64 bits whatever the address type: sizes are for the validator to judge (5.3.10).
  W2N_TRY(min, decodeAddressNumber(reader, needs));
  limits.min = min;
  if (flags & 1) {
    W2N_TRY(max, decodeAddressNumber(reader, needs));
    limits.max = max;
  }
  return limits;
}

} // namespace

Result<TableType> decodeTableType(ByteReader &reader, FeatureSet &needs) {
  // Tables of this type, in this form, were the first.
  ByteReader ahead = reader;
  W2N_TRY(form, ahead.readByte());
  FeatureSet needsOfElement;
  W2N_TRY(element, decodeReferenceType(reader, needsOfElement));
  if (form != plainFuncref)
    needs.add(needsOfElement);
  W2N_TRY(flags, reader.readByte());
  if (flags > 7)
    return reader.malformed("malformed limits flags");
  W2N_TRY(limits, decodeLimits(reader, flags, needs));
  if (limits.shared)
    return reader.malformed("malformed limits flags: a table cannot be shared");
  return TableType{element, limits};
}

Result<MemoryType> decodeMemoryType(ByteReader &reader, FeatureSet &needs) {
  constexpr uint8_t hasPageSize = 8;
  W2N_TRY(flags, reader.readByte());
  if (flags >= hasPageSize << 1)
    return reader.malformed("malformed limits flags");
  W2N_TRY(limits, decodeLimits(reader, flags, needs));
  if (!(flags & hasPageSize))
    return MemoryType{limits};
  needs.add(Feature::CustomPageSizes);
  W2N_TRY(pageSizeLog2, reader.readU32());
  if (pageSizeLog2 > 63)
    return reader.malformed("invalid custom page size");
  return MemoryType{limits, uint8_t(pageSizeLog2)};
}

Result<GlobalType> decodeGlobalType(ByteReader &reader, FeatureSet &needs) {
  W2N_TRY(type, decodeValueType(reader, needs));
  W2N_TRY(mutability, reader.readByte());
  if (mutability > 1)
    return reader.malformed("malformed mutability");
  return GlobalType{type, mutability == 1};
}

namespace {

Result<std::vector<ValueType>> decodeValueTypes(ByteReader &reader, uint32_t limit,
                                                const char *what, FeatureSet &needs) {
  W2N_TRY(count, reader.readU32());
  if (count > reader.remaining())
    return reader.malformed("unexpected end");
  if (count > limit)
    return fail(ErrorKind::Limit,
                std::to_string(count) + " " + what + ", most is " + std::to_string(limit),
                reader.offset());
  std::vector<ValueType> types;
  types.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(type, decodeValueType(reader, needs));
    types.push_back(type);
  }
  return types;
}

Result<FieldType> decodeField(ByteReader &reader, FeatureSet &needs) {
  // Packed types are i8 and i16 (5.3.6).
  ByteReader ahead = reader;
  W2N_TRY(byte, ahead.readByte());
  FieldType field;
  if (byte == 0x78 || byte == 0x77) {
    reader = ahead;
    field.packedBits = byte == 0x78 ? 8 : 16;
  } else {
    W2N_TRY(type, decodeValueType(reader, needs));
    field.type = type;
  }
  W2N_TRY(mutability, reader.readByte());
  if (mutability > 1)
    return reader.malformed("malformed mutability");
  field.isMutable = mutability == 1;
  return field;
}

Status decodeFields(ByteReader &reader, std::vector<FieldType> &fields, FeatureSet &needs) {
  W2N_TRY(count, reader.readU32());
  if (count > reader.remaining())
    return reader.malformed("unexpected end");
  if (count > limits::fields)
    return fail(ErrorKind::Limit,
                std::to_string(count) + " fields, most is " + std::to_string(limits::fields),
                reader.offset());
  for (uint32_t i = 0; i < count; ++i) {
    W2N_TRY(field, decodeField(reader, needs));
    fields.push_back(field);
  }
  return {};
}

Status decodeSupertype(ByteReader &reader, TypeDefinition &type) {
  W2N_TRY(count, reader.readU32());
  if (count > reader.remaining())
    return reader.malformed("unexpected end");
  if (count > 1)
    return fail(ErrorKind::Invalid,
                "a type has " + std::to_string(count) + " supertypes, most is 1", reader.offset());
  if (count == 1) {
    W2N_TRY(super, reader.readU32());
    type.super = super;
  }
  return {};
}

} // namespace

Result<TypeDefinition> decodeTypeDefinition(ByteReader &reader, FeatureSet &needs) {
  TypeDefinition type;
  W2N_TRY(form, reader.readByte());
  if (form != functionForm)
    needs.add(Feature::GarbageCollection);
  if (form == subForm || form == finalSubForm) {
    type.isFinal = form == finalSubForm;
    W2N_CHECK(decodeSupertype(reader, type));
    W2N_TRY(composite, reader.readByte());
    form = composite;
  }
  switch (form) {
  case functionForm: {
    W2N_TRY(params, decodeValueTypes(reader, limits::params, "parameters", needs));
    W2N_TRY(results, decodeValueTypes(reader, limits::results, "results", needs));
    if (results.size() > 1)
      needs.add(Feature::MultiValue);
    type.function = {std::move(params), std::move(results)};
    return type;
  }
  case structForm:
    type.kind = CompositeKind::Struct;
    W2N_CHECK(decodeFields(reader, type.fields, needs));
    return type;
  case arrayForm: {
    type.kind = CompositeKind::Array;
    W2N_TRY(field, decodeField(reader, needs));
    type.fields.push_back(field);
    return type;
  }
  default:
    return reader.malformed("malformed definition type " + hex(form));
  }
}

} // namespace w2n::wasm
