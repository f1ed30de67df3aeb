// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Keeps guest loads trapping where the optimizer or the code generator could lose them;
// lower/function/Memory.cpp tells the whole story.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Makes guest loads volatile that nothing but assumptions uses, also transitively: before a pass
/// that deletes blocks, or loops, without effects.
struct PinDeadLoadsPass : llvm::PassInfoMixin<PinDeadLoadsPass> {
  enum class Before { Blocks, Loops };
  explicit PinDeadLoadsPass(Before what) : before(what) {}
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);

private:
  Before before;
};

/// Last pass before code generation: drops the assumptions and makes guest loads volatile that the
/// code generator could delete, narrow or move into a branch. Linear in the size of the function.
struct PinLoadsPass : llvm::PassInfoMixin<PinLoadsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
