// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The imports and exports of a component, as text in the manner of WIT (WIT.md).
#pragma once

#include "lib/component/Types.h"

namespace w2n::component {

/// A world with the imports and exports of the component type `type`. Interfaces are written where
/// they are used, and types that have names by their names. At most `maxBytes`, after which it says
/// that more was left out.
std::string printWorld(const Types &types, TypeId type, size_t maxBytes = 1 << 20);

} // namespace w2n::component
