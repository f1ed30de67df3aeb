// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Advice about imports that nothing provides.
#pragma once

#include "runtime/core/Module.h"

namespace w2n::tool {

/// Adds notes to `error` if it is about unknown imports of `module`: what the module was made for,
/// if its imports show that, and options that may help.
void explainUnknownImports(const runtime::Module &module, Error &error);

} // namespace w2n::tool
