// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Decoding of types (core specification, section 5.3), shared by sections and instructions.
#pragma once

#include "lib/support/ByteReader.h"
#include "lib/wasm/Features.h"
#include "lib/wasm/Types.h"

#include <optional>

namespace w2n::wasm {

/// The first bytes of definitions of types (core specification, sections 5.3.8 to 5.3.11).
inline constexpr uint8_t functionForm = 0x60, structForm = 0x5f, arrayForm = 0x5e, subForm = 0x50,
                         finalSubForm = 0x4f;

// All add to `needs` the features that a type needs, and that its encoding does: a longer form of
// the same type may have come later.

/// Errors: Malformed, or Unsupported with the name of the proposal that the type belongs to.
Result<ValueType> decodeValueType(ByteReader &reader, FeatureSet &needs);
Result<ValueType> decodeReferenceType(ByteReader &reader, FeatureSet &needs);
/// A heap type alone, as ref.null has it: gives the nullable reference type.
Result<ValueType> decodeHeapType(ByteReader &reader, FeatureSet &needs);
/// The value type that is encoded as one byte, if it is one that is supported.
std::optional<ValueType> valueTypeOf(uint8_t byte);
Result<TableType> decodeTableType(ByteReader &reader, FeatureSet &needs);
Result<MemoryType> decodeMemoryType(ByteReader &reader, FeatureSet &needs);
Result<GlobalType> decodeGlobalType(ByteReader &reader, FeatureSet &needs);
/// One type of the type section, without the group around it (5.3.7).
Result<TypeDefinition> decodeTypeDefinition(ByteReader &reader, FeatureSet &needs);

/// A number of up to 64 bits that had 32 bits, and at most five bytes, before memory64.
Result<uint64_t> decodeAddressNumber(ByteReader &reader, FeatureSet &needs);
/// An index in whose place there was one byte of zero before `feature`.
Result<uint32_t> decodeLaterIndex(ByteReader &reader, Feature feature, FeatureSet &needs);

} // namespace w2n::wasm
