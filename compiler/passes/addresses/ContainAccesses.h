// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Every access to a memory inside what is reserved for it.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// After all passes that change addresses: finds how far from the base of its memory each access of
/// a memory that relies on guard pages can be. An access for which that cannot be shown to lie
/// inside the memory's addresses and guards (lib/artifact/MemoryGuards.h) gets a comparison before
/// its loop, or a mask. No other pass has to be right for the sandbox to hold.
struct ContainAccessesPass : llvm::PassInfoMixin<ContainAccessesPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
