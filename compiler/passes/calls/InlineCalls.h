// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Inlines calls of small functions, bottom up. Which functions may be inlined the lowering has said
// with `inlinehint` (plan/InlineCandidates.h).
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Returns the functions that have changed. Function bodies that were there to be inlined only
/// (available_externally) are gone afterwards.
llvm::SmallPtrSet<llvm::Function *, 16> inlineCalls(llvm::Module &module,
                                                    llvm::FunctionAnalysisManager &analyses);

/// The same as a pass of its own.
struct InlineCallsPass : llvm::PassInfoMixin<InlineCallsPass> {
  llvm::PreservedAnalyses run(llvm::Module &module, llvm::ModuleAnalysisManager &analyses) {
    auto &functions =
        analyses.getResult<llvm::FunctionAnalysisManagerModuleProxy>(module).getManager();
    inlineCalls(module, functions);
    return llvm::PreservedAnalyses::none();
  }
};

} // namespace w2n::compiler
