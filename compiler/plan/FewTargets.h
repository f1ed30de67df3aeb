// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls through closed tables that can only reach few functions: those may be compared with the
// index and called directly.
#pragma once

#include "compiler/plan/ClosedTables.h"

#include <map>
#include <optional>
#include <vector>

namespace w2n::compiler {

/// The functions that calls through a table can reach.
struct Targets {
  /// Elements to compare the index with, ascending.
  std::vector<uint32_t> elements;
  /// Whether no other element has the type.
  bool isAll;
};

/// By table and number of a type (wasm::TypeDefinition::number), where it is worth it.
using FewTargets = std::map<std::pair<uint32_t, uint32_t>, Targets>;

/// `isSmall` says which functions are worth calling directly (InlineCandidates.h). Linear in the
/// size of the tables.
FewTargets findFewTargets(const wasm::Module &module, const ModuleUses &uses,
                          const std::vector<std::optional<ClosedTable>> &closedTables,
                          const std::vector<bool> &isSmall);

} // namespace w2n::compiler
