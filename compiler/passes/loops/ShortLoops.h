// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Loops that have too few iterations for vectors.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Keeps the vectorizer from loops that make at most 15 iterations, or as many as their counter has
/// values: what the producer's unrolling leaves over, `count & 3` iterations behind a test for 0.
/// LLVM marks such loops when it makes them, but wasm has no marks. Should run when loops are
/// rotated.
struct ShortLoopsPass : llvm::PassInfoMixin<ShortLoopsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
