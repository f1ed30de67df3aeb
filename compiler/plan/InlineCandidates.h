// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Functions that are worth a copy in every partition that calls them, so that they can be inlined
// there: a summary of the wasm bodies, the same for all partitions.
#pragma once

#include "compiler/plan/ModuleUses.h"

#include <vector>

namespace w2n::compiler {

/// For each function whether it is small, calls little and never loops: then the call is a good
/// part of what it costs. Linear in the size of the module, which must be valid.
std::vector<bool> findInlineCandidates(const wasm::Module &module,
                                       const std::vector<bool> &hasTailEntry);

} // namespace w2n::compiler
