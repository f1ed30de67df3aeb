// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Types as bytes (core specification, section 5.3), for modules that are made of others.
#pragma once

#include "lib/support/ByteWriter.h"
#include "lib/wasm/Module.h"
#include "lib/wasm/RewriteCode.h"

namespace w2n::wasm {

/// A value type, and what ref.null names of a nullable reference type (5.3.1 to 5.3.5).
void encodeValueType(ByteWriter &out, ValueType type);
void encodeHeapType(ByteWriter &out, ValueType type);

/// The types that it names are numbered as in `map`.
void encodeFunctionType(ByteWriter &out, const FunctionType &type, const IndexMap &map = {});

/// All types of a module, which begin at `firstType` in the new one. Returns the number of their
/// groups, of which a section of types has the count.
uint32_t encodeTypes(ByteWriter &out, std::span<const TypeDefinition> types, uint32_t firstType);

void encodeTableType(ByteWriter &out, const TableType &type);
void encodeMemoryType(ByteWriter &out, const MemoryType &type);

} // namespace w2n::wasm
