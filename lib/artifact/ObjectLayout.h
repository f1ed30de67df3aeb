// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The size of a field in an object, for the compiler, which addresses it, and the runtime, which
// looks for references in it. Where it lies is in HeapLayout.h.
#pragma once

#include "lib/artifact/HeapLayout.h"
#include "lib/wasm/Types.h"

namespace w2n::artifact {

/// Bytes of a field, or of an element of an array. `isHeapReference`: whether it is a reference of
/// the hierarchy of any.
constexpr uint32_t fieldBytes(const wasm::FieldType &field, bool isHeapReference) {
  if (field.isPacked())
    return field.packedBits / 8;
  switch (field.type.kind) {
  case wasm::ValueKind::I32:
  case wasm::ValueKind::F32:
    return 4;
  case wasm::ValueKind::V128:
    return 16;
  case wasm::ValueKind::Ref:
    return isHeapReference ? heapReferenceBytes : wideReferenceBytes;
  case wasm::ValueKind::I64:
  case wasm::ValueKind::F64:
  case wasm::ValueKind::Bottom:
    return 8;
  }
  return 8;
}

} // namespace w2n::artifact
