// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The analyses that hold after a pass of ours that adds and removes instructions, and no
// blocks.
#pragma once

#include <llvm/IR/Analysis.h>

namespace w2n::compiler {

/// Everything if nothing has `changed`; what depends on control flow alone otherwise.
inline llvm::PreservedAnalyses preservingBlocks(bool changed) {
  if (!changed)
    return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

} // namespace w2n::compiler
