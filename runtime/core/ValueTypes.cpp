#include "runtime/core/ValueTypes.h"

namespace w2n::runtime {

using artifact::ValueTypeCode;
using wasm::ValueType;

wasm::ValueType valueTypeOf(ValueTypeCode code) {
  switch (code) {
  case ValueTypeCode::I32:
    return ValueType::i32();
  case ValueTypeCode::I64:
    return ValueType::i64();
  case ValueTypeCode::F32:
    return ValueType::f32();
  case ValueTypeCode::F64:
    return ValueType::f64();
  case ValueTypeCode::V128:
    return ValueType::v128();
  case ValueTypeCode::FuncRef:
    return ValueType::funcref();
  case ValueTypeCode::ExternRef:
    return ValueType::externref();
  case ValueTypeCode::ExnRef:
    return ValueType::exnref();
  }
  return ValueType::externref();
}

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
  return type.heap == wasm::HeapKind::Func ? ValueTypeCode::FuncRef : ValueTypeCode::ExternRef;
}

namespace {

std::vector<ValueType> valueTypesOf(std::span<const uint8_t> codes) {
  std::vector<ValueType> types;
  types.reserve(codes.size());
  for (uint8_t code : codes)
    types.push_back(valueTypeOf(ValueTypeCode(code)));
  return types;
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
  return {valueTypesOf(metadata.valueTypes(type.params)),
          valueTypesOf(metadata.valueTypes(type.results))};
}

wasm::TableType tableTypeOf(const artifact::TableRecordInfo &info) {
  return {valueTypeOf(ValueTypeCode(info.elementType)), limitsOf(info.flags, info.min, info.max)};
}

wasm::MemoryType memoryTypeOf(const artifact::MemoryRecordInfo &info) {
  return {limitsOf(info.flags, info.min, info.max), uint8_t(info.pageSizeLog2)};
}

wasm::GlobalType globalTypeOf(const artifact::GlobalRecordInfo &info) {
  return {valueTypeOf(ValueTypeCode(info.type)), info.isMutable != 0};
}

} // namespace w2n::runtime
