// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#pragma once

#include "lib/component/Types.h"

namespace w2n::component {

/// Validates a decoded component and all in it, and writes what its definitions resolve to beside
/// them (Definition::resolved). Adds its types to `types`; returns that of the component. Errors:
/// Invalid, with the words of the reference validator; Unsupported, Limit. Threads: any.
Result<TypeId> validateComponent(Component &component, Types &types);

} // namespace w2n::component
