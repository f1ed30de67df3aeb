// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Implementation limits: those of the WebAssembly JavaScript API ("Implementation-defined Limits"),
// so that a module that runs in a browser is accepted here. All count what a module defines, but
// for tables and memories, of which they count the imported ones, too.
#pragma once

#include <cstdint>

namespace w2n::wasm::limits {

inline constexpr uint64_t moduleBytes = 1ull << 30;
inline constexpr uint32_t types = 1'000'000;
inline constexpr uint32_t functions = 1'000'000;
inline constexpr uint32_t imports = 1'000'000;
inline constexpr uint32_t exports = 1'000'000;
inline constexpr uint32_t globals = 1'000'000;
inline constexpr uint32_t tags = 1'000'000;
inline constexpr uint32_t dataSegments = 100'000;
inline constexpr uint32_t elementSegments = 10'000'000;
inline constexpr uint32_t tables = 100'000;
inline constexpr uint32_t memories = 100;
inline constexpr uint64_t tableElements = 10'000'000;
inline constexpr uint32_t segmentElements = 10'000'000;
inline constexpr uint32_t functionBytes = 7'654'321;
inline constexpr uint32_t locals = 50'000;
/// Ours, out of reach without calls that return many values: the browsers' limit is their memory.
inline constexpr uint32_t operands = functionBytes;
inline constexpr uint32_t params = 1'000;
inline constexpr uint32_t results = 1'000;
inline constexpr uint32_t fields = 10'000;
/// Operands of array.new_fixed.
inline constexpr uint32_t fixedArrayElements = 10'000;
/// Supertypes above a type.
inline constexpr uint32_t subtypingDepth = 63;
inline constexpr uint32_t branchTableLabels = 65'520;
inline constexpr uint32_t catchClauses = 10'000;

} // namespace w2n::wasm::limits
