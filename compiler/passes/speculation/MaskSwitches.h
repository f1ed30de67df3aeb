// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Jump tables and lookup tables that a processor cannot be led out of.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// In functions with maskedTablesAttribute: what the code generator would make a jump table of
/// becomes a switch over all of the table's entries, with an index that is masked instead of
/// compared, so that there is no comparison to guess; indices of the lookup tables that LLVM makes
/// of switches are masked. After all passes that make either.
struct MaskSwitchesPass : llvm::PassInfoMixin<MaskSwitchesPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
