// Addresses of guest loops as 64-bit recurrences, which is what LLVM's loop passes understand.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Rewrites the zero-extended 32-bit index of accesses to guest memory that advances by a constant
/// in a loop: to a 64-bit induction variable, and indices at a constant distance to sums with it.
/// Which accesses trap stays the same; why is told in the source. Needs loops in simplified form,
/// and leaves others alone.
struct WidenAddressesPass : llvm::PassInfoMixin<WidenAddressesPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
