// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Loops that the producer has unrolled, as they were.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Makes of a loop of one block whose body is several copies of the same computation, for elements
/// that follow each other, a loop with one of them. The vectorizer then sees what the programmer
/// wrote. After WidenAddressesPass, which makes the distances of addresses known.
struct RerollLoopsPass : llvm::PassInfoMixin<RerollLoopsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
