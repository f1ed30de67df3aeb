// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Products of 128 bits that are put together from halves of 32 bits.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Replaces both words of a product of two 64-bit integers, where they are computed from four
/// products of halves, by one multiplication that every target has instructions for.
struct WideProductsPass : llvm::PassInfoMixin<WideProductsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
