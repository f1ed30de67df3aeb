// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A component on its way through the compiler: the module that it was merged into, with its world
// in a custom section.
#pragma once

#include "lib/component/World.h"

namespace w2n::component {

/// Adds the section to `module`.
std::vector<uint8_t> withWorld(std::vector<uint8_t> module, Bytes encodedWorld);

/// The contents of the section, of `bytes`; empty if there is none, or if `bytes` are no module.
Bytes worldOf(Bytes bytes);

} // namespace w2n::component
