// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Counters that decide when a loop ends, in 64 bits where an induction variable has them already.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Compares a 64-bit induction variable in place of a 32-bit one that goes the same steps, where
/// the latch compares that with what it was or will be. Without it IndVarSimplify keeps the 64-bit
/// one and truncates it for each comparison.
struct WidenExitsPass : llvm::PassInfoMixin<WidenExitsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
