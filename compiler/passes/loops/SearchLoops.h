// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Searches, such as strlen, memchr or a scanner's own, sixteen bytes or more at a time.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Puts before an innermost loop that walks over guest memory looking for a value a loop that steps
/// over whole vectors in which there is none. What a function does, traps included, stays the same
/// as long as no other thread writes to the memory; modules with shared memories (see
/// ir/Contract.h) are left alone. Does nothing where the target has no vectors.
struct SearchLoopsPass : llvm::PassInfoMixin<SearchLoopsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
