// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Constants that are added to a 32-bit index, where the access can add them.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Makes of accesses to guest memory at `zext(p + constant)` accesses at `zext(p) + constant`, for
/// constants of up to artifact::wrapGuardBytes, where both trap in the same cases. Then the
/// constant is part of the instruction, and accesses around one address share a register.
struct FoldIndexSumsPass : llvm::PassInfoMixin<FoldIndexSumsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
