// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Typed tables: closed tables once more for one type of function that is called through them. An
// element of another type, or null, is there as code that traps, so that a call compares no types.
#pragma once

#include "compiler/plan/ClosedTables.h"

#include <optional>
#include <vector>

namespace w2n::compiler {

/// For each table the numbers of the types (wasm::TypeDefinition::number) that have a typed table,
/// ascending.
using TypedTables = std::vector<std::vector<uint32_t>>;

/// Chooses those that most calls name, as long as all together are small beside the code.
TypedTables chooseTypedTables(const wasm::Module &module, const ModuleUses &uses,
                              const std::vector<std::optional<ClosedTable>> &closedTables);

} // namespace w2n::compiler
