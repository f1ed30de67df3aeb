// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// `select` as conditional moves.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Keeps the code generator from making jumps of selects, unless a profile tells how they go. It
/// guesses from how long the condition takes, and 32-bit addresses take a cycle longer than the
/// producer's target: binary searches and merges, which selects are used for because nobody can
/// predict them, became jumps. Should be the last pass.
struct KeepSelectsPass : llvm::PassInfoMixin<KeepSelectsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
