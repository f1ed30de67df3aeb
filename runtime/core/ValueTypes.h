// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The types of artifacts as those of lib/wasm, and back.
#pragma once

#include "lib/artifact/Metadata.h"
#include "lib/wasm/Types.h"

namespace w2n::runtime {

wasm::ValueType valueTypeOf(artifact::ValueTypeCode code);
/// References to functions become FuncRef, all others ExternRef.
artifact::ValueTypeCode codeOf(wasm::ValueType type);

/// `type` must be one of `metadata`'s records. Type indices are the module's.
wasm::FunctionType functionTypeOf(const artifact::Metadata &metadata,
                                  const artifact::TypeRecord &type);
/// The same for a type of any kind. Its group and number are not set.
wasm::TypeDefinition typeDefinitionOf(const artifact::Metadata &metadata,
                                      const artifact::TypeRecord &type);
/// A field of a structure, or the elements of an array, from its code in the details.
wasm::FieldType fieldTypeOf(uint32_t code);
/// `typeIds`: the process-wide numbers of the module's types; without them type indices are the
/// module's.
wasm::TableType tableTypeOf(const artifact::TableRecordInfo &info,
                            std::span<const uint32_t> typeIds = {});
wasm::MemoryType memoryTypeOf(const artifact::MemoryRecordInfo &info);
wasm::GlobalType globalTypeOf(const artifact::GlobalRecordInfo &info,
                              std::span<const uint32_t> typeIds = {});

} // namespace w2n::runtime
