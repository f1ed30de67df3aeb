// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Limits of components, so that neither stack, memory nor time grow beyond what a file may ask for.
#pragma once

#include <cstdint>

namespace w2n::component::limits {

/// Components in components and types in types, as they are written.
inline constexpr uint32_t nesting = 100;
/// Types in types, as they refer to each other.
inline constexpr uint32_t typeDepth = 100;
/// Types that a type consists of, each counted as often as it occurs.
inline constexpr uint32_t typeSize = 1'000'000;
/// Definitions of one file, those of nested components included.
inline constexpr uint32_t definitions = 1'000'000;
/// Types of one file, those included that instantiating components makes.
inline constexpr uint32_t types = 4'000'000;
/// Types that are compared, copied or searched while one file is validated.
inline constexpr uint64_t work = 50'000'000;
/// CanonicalABI.md, "Element Size": no value is larger in memory.
inline constexpr uint64_t valueBytes = (1u << 28) - 1;
inline constexpr uint32_t flags = 32;
inline constexpr uint32_t params = 1'000;

} // namespace w2n::component::limits
