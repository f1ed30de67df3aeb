// Value types of artifacts (a byte each) as those of lib/wasm, and back.
#pragma once

#include "lib/artifact/Metadata.h"
#include "lib/wasm/Types.h"

namespace w2n::runtime {

wasm::ValueType valueTypeOf(artifact::ValueTypeCode code);
/// References to anything but functions become ExternRef.
artifact::ValueTypeCode codeOf(wasm::ValueType type);

/// `type` must be one of `metadata`'s records.
wasm::FunctionType functionTypeOf(const artifact::Metadata &metadata,
                                  const artifact::TypeRecord &type);
wasm::TableType tableTypeOf(const artifact::TableRecordInfo &info);
wasm::MemoryType memoryTypeOf(const artifact::MemoryRecordInfo &info);
wasm::GlobalType globalTypeOf(const artifact::GlobalRecordInfo &info);

} // namespace w2n::runtime
