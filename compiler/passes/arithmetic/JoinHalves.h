// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Vectors of WebAssembly, which have 128 bits, on processors with larger registers.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Joins operations on halves of vectors where the target's registers hold the whole: a vector of
/// bytes is widened to 16 bits at once rather than in two halves, as WebAssembly must. Does nothing
/// for targets with vectors of 128 bits, on which it does not pay.
struct JoinHalvesPass : llvm::PassInfoMixin<JoinHalvesPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
