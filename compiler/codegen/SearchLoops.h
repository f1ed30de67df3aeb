// Searches, such as strlen, memchr or a scanner's own, sixteen bytes or more at a time.
#pragma once

#include <llvm/IR/PassManager.h>

namespace w2n::compiler {

/// The module flag that says that other threads may write to guest memory.
inline constexpr const char *sharedMemoryFlag = "w2n.shared.memory";

/// Puts before an innermost loop that walks over guest memory looking for a value a loop that steps
/// over whole vectors in which there is none. What a function does, traps included, stays the same
/// as long as no other thread writes to the memory; modules with shared memories (see
/// sharedMemoryFlag) are left alone. Does nothing where the target has no vectors.
struct SearchLoopsPass : llvm::PassInfoMixin<SearchLoopsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace w2n::compiler
