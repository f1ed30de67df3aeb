// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The module `spectest` that scripts import from.
#pragma once

#include "runtime/core/Instance.h"

#include <map>

namespace w2n::spec {

using Externs = std::map<std::string, runtime::Extern, std::less<>>;

/// Errors: Limit, if the machine has no room for its memories.
Result<Externs> makeSpectest();

} // namespace w2n::spec
