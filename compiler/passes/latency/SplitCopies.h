// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Copies of memory that a loop writes in smaller pieces.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Copies 8 bytes as twice 4, if the loop that they are in stores 4 of them by themselves: a
/// processor hands a value from a store to a load only if the store has all of it. Makes the stores
/// volatile, so that the code generator does not join them again; for after all other passes.
struct SplitCopiesPass : llvm::PassInfoMixin<SplitCopiesPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
