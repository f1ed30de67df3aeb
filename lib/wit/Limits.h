// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Limits of WIT texts, so that neither stack, memory nor time grow beyond what a file may ask for.
#pragma once

#include "lib/component/Limits.h"

namespace w2n::wit::limits {

inline constexpr uint64_t fileBytes = 16 << 20;
/// Types in types, as they are written.
inline constexpr uint32_t nesting = component::limits::nesting;
/// Types in types as they refer to each other, interfaces that use each other, and worlds that
/// include each other.
inline constexpr uint32_t depth = 200;
/// Imports and exports that including worlds makes, in all worlds together.
inline constexpr uint64_t includedItems = 1'000'000;
inline constexpr uint32_t flags = component::limits::flags;
/// Files of one folder, and folders of one tree.
inline constexpr uint32_t files = 10'000;

} // namespace w2n::wit::limits
