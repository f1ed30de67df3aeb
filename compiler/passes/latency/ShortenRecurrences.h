// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The order of operations on the path that limits a loop.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Combines terms of sums, products and bitwise operations in the order in which they are there, if
/// each iteration of an innermost loop waits for the result of the one before.
struct ShortenRecurrencesPass : llvm::PassInfoMixin<ShortenRecurrencesPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
