// 64 by 64 to 128 bits, which wasm has to do in pieces, as the one instruction that processors
// have.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// Replaces the upper half of a product that is put together from four products of 32-bit halves,
/// as compilers' and C libraries' 128-bit multiplication does (`__multi3`), and its lower half.
struct LongMultiplyPass : llvm::PassInfoMixin<LongMultiplyPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
