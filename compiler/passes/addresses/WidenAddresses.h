// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Indices of arrays in loops, in 64 bits.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Makes 64-bit induction variables of the 32-bit indices by which an innermost loop steps through
/// guest memory, in a version of the loop that runs where no index wraps around, which a comparison
/// before the loop decides; the loop as it was is the other version, except where size counts. So
/// it is as if the producer had said that additions do not wrap, and LLVM's passes for loops can do
/// what they do for C.
struct WidenAddressesPass : llvm::PassInfoMixin<WidenAddressesPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
