// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Bounds the work of the fast register allocator.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// LLVM's fast register allocator looks at each call at all values that the block has had so far,
/// so that it takes quadratic time for a block with very many calls. In such blocks, this begins a
/// new one after every `maxCallsInBlock` calls. Values that are used in another block than their
/// own go through the stack, which most do there anyway.
struct CutBlocksPass : llvm::PassInfoMixin<CutBlocksPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
