// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Bounds the expressions that scalar evolution builds through loops that follow each other.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// A loop may begin with what the loop before it ended with, and so on. Scalar evolution then
/// describes each value by an expression that goes back to the first loop, and passes that ask for
/// it take cubic time. After every `maxLoopsInChain` loops, this pass freezes the integers that a
/// loop uses of those before it: scalar evolution does not look through a freeze, which changes no
/// value but poison. Pointers are left alone, so that accesses keep the bases of their memories.
/// When it forgets a loop, it forgets all that depends on it, through freezes: so after every
/// `maxLoopsWithoutSlot` loops such an integer goes through memory, by a volatile store and load.
///
/// To find out what holds when a loop begins, scalar evolution also looks at the conditions of all
/// loops before it, as far as control can come from one block only, which makes the time quadratic.
/// After every `maxLoopsInRow` loops, this pass adds a branch of which both ways lead to the same
/// block.
///
/// Passes may remove both, so this runs before each group of passes that ask for scalar
/// evolution, including code generation.
struct CutLoopChainsPass : llvm::PassInfoMixin<CutLoopChainsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
