// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Reasons why the canonical ABI traps: adapters give the reason as a number, the host its text.
#pragma once

#include <cstdint>
#include <string>

namespace w2n::component {

enum class CanonTrap : uint32_t {
#define CANON_TRAP(name, text) name,
#include "lib/component/CanonTraps.def"
};

/// The text, with `number` where the reason has one. `reason` may be any number.
std::string messageOf(CanonTrap reason, uint32_t number = 0);

} // namespace w2n::component
