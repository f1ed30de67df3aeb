// Process-wide numbers of types: two types are equal exactly if their numbers are, whatever modules
// they are from, so that an indirect call compares one 32-bit number. In the runtime the type index
// of a reference type (wasm::ValueType::typeIndex) is such a number.
#pragma once

#include "lib/artifact/Metadata.h"
#include "lib/wasm/TypeTable.h"

#include <vector>

namespace w2n::runtime {

/// The number of `type`, final and without supertype. Numbers live as long as the process: they
/// grow with the distinct types that it has seen. Threads: any.
uint32_t canonicalTypeId(const wasm::FunctionType &type);

/// The numbers of all types of `metadata`, by type index. Threads: any.
std::vector<uint32_t> canonicalTypeIds(const artifact::Metadata &metadata);

/// The function type with the number `id`, which one of the functions above returned; valid for
/// ever. Threads: any.
const wasm::FunctionType &canonicalType(uint32_t id);

/// Whether `sub` is `super` or declared below it. Threads: any.
bool isSubtype(uint32_t sub, uint32_t super);
/// Whether values of `sub` are values of `super` (core specification, section 3.3). Threads: any.
bool matches(wasm::ValueType sub, wasm::ValueType super);
/// Whether `type` is of references to functions. Threads: any.
bool holdsFunctions(wasm::ValueType type);

} // namespace w2n::runtime
