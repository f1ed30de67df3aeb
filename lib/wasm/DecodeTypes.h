// Decoding of types (core specification, section 5.3), shared by sections and instructions.
#pragma once

#include "lib/support/ByteReader.h"
#include "lib/wasm/Types.h"

#include <optional>

namespace w2n::wasm {

/// Errors: Malformed, or Unsupported with the name of the proposal that the type belongs to.
Result<ValueType> decodeValueType(ByteReader &reader);
Result<ValueType> decodeReferenceType(ByteReader &reader);
/// A heap type alone, as ref.null has it: gives the nullable reference type.
Result<ValueType> decodeHeapType(ByteReader &reader);
/// The value type that is encoded as one byte, if it is one that is supported.
std::optional<ValueType> valueTypeOf(uint8_t byte);
Result<TableType> decodeTableType(ByteReader &reader);
Result<MemoryType> decodeMemoryType(ByteReader &reader);
Result<GlobalType> decodeGlobalType(ByteReader &reader);
/// One type of the type section, without the group around it (5.3.7).
Result<TypeDefinition> decodeTypeDefinition(ByteReader &reader);

std::unexpected<Error> unsupportedProposal(const ByteReader &reader, const std::string &proposal);

} // namespace w2n::wasm
