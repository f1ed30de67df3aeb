// Process-wide numbers of function types: two functions have the same type exactly if their numbers
// are equal, whatever modules they are from, so that an indirect call compares one 32-bit number.
#pragma once

#include "lib/artifact/Metadata.h"
#include "lib/wasm/Types.h"

#include <vector>

namespace w2n::runtime {

/// The number of `type`. Numbers live as long as the process: they grow with the distinct types
/// that it has seen. Threads: any.
uint32_t canonicalTypeId(const wasm::FunctionType &type);

/// The numbers of all types of `metadata`, by type index. Threads: any.
std::vector<uint32_t> canonicalTypeIds(const artifact::Metadata &metadata);

/// The type with the number `id`, which one of the functions above returned; valid for ever.
/// Threads: any.
const wasm::FunctionType &canonicalType(uint32_t id);

} // namespace w2n::runtime
