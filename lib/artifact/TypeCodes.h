// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Value types of lib/wasm as the 32 bits that metadata has for them, and back. The order of
// HeapKind is part of the format.
#pragma once

#include "lib/artifact/Format.h"
#include "lib/wasm/Types.h"

namespace w2n::artifact {

inline constexpr uint32_t codeBits = 0xf;        ///< ValueTypeCode
inline constexpr uint32_t codeNonNull = 1 << 4;  ///< a reference that is never null
inline constexpr uint32_t codeMutable = 1 << 5;  ///< a field that can be set
inline constexpr uint32_t codePacked8 = 1 << 6;  ///< a field of 8 bits
inline constexpr uint32_t codePacked16 = 1 << 7; ///< a field of 16 bits
inline constexpr unsigned codeHeapShift = 8;     ///< HeapKind + 1; 0: func, extern or exn
inline constexpr uint32_t codeHeapBits = 0xf << codeHeapShift;
inline constexpr unsigned codeIndexShift = 12; ///< index of a defined type

/// `isFunction`: whether the reference is to a function.
constexpr uint32_t encodeType(wasm::ValueType type, bool isFunction) {
  using wasm::HeapKind;
  if (!type.isRef())
    return uint32_t(type.kind);
  const bool isException = type.heap == HeapKind::Exn || type.heap == HeapKind::NoExn;
  const auto code = uint32_t(isFunction    ? ValueTypeCode::FuncRef
                             : isException ? ValueTypeCode::ExnRef
                                           : ValueTypeCode::ExternRef);
  const bool isPlain = type.heap == (isFunction    ? HeapKind::Func
                                     : isException ? HeapKind::Exn
                                                   : HeapKind::Extern);
  return code | (type.nullable ? 0 : codeNonNull) |
         (isPlain ? 0 : (uint32_t(type.heap) + 1) << codeHeapShift) |
         (type.heap == HeapKind::Index ? type.typeIndex << codeIndexShift : 0);
}

constexpr wasm::ValueType decodeType(uint32_t bits) {
  using wasm::HeapKind;
  const auto code = ValueTypeCode(bits & codeBits);
  if (code < ValueTypeCode::FuncRef)
    return {wasm::ValueKind(code)};
  const uint32_t heap = (bits & codeHeapBits) >> codeHeapShift;
  wasm::ValueType type = code == ValueTypeCode::FuncRef  ? wasm::ValueType::funcref()
                         : code == ValueTypeCode::ExnRef ? wasm::ValueType::exnref()
                                                         : wasm::ValueType::externref();
  if (heap != 0)
    type.heap = HeapKind(heap - 1);
  type.nullable = !(bits & codeNonNull);
  if (type.heap == HeapKind::Index)
    type.typeIndex = bits >> codeIndexShift;
  return type;
}

static_assert(uint32_t(wasm::ValueKind::V128) == uint32_t(ValueTypeCode::V128));
static_assert(uint32_t(wasm::HeapKind::Index) + 1 <= codeHeapBits >> codeHeapShift);

/// Whether `bits` are those of a type whose index, if it has one, is below `typeCount`.
constexpr bool isTypeCode(uint32_t bits, uint32_t typeCount) {
  const wasm::ValueType type = decodeType(bits);
  if ((bits & codeBits) > uint32_t(ValueTypeCode::ExnRef))
    return false;
  return !type.isRef() ||
         (type.heap <= wasm::HeapKind::Index && (!type.isDefined() || type.typeIndex < typeCount));
}

} // namespace w2n::artifact
