// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Closed tables: those that nothing but calls can reach, so that their contents are known at
// compile time.
#pragma once

#include "compiler/plan/ModuleUses.h"

#include <optional>
#include <vector>

namespace w2n::compiler {

/// The functions of a closed table, artifact::noIndex where an element is null.
using ClosedTable = std::vector<uint32_t>;

/// For each table of `module`, its contents if it is closed: defined here, not exported, read by
/// call_indirect of final types alone, and filled only by active segments of defined functions at
/// constant offsets in bounds.
std::vector<std::optional<ClosedTable>> findClosedTables(const wasm::Module &module,
                                                         const ModuleUses &uses);

} // namespace w2n::compiler
