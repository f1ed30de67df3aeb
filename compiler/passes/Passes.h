// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The compiler's own passes by name (Passes.def).
#pragma once

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>

namespace w2n::compiler {

enum class OwnPass : uint8_t {
#define W2N_PASS(name, ...) name,
#include "compiler/passes/Passes.def"
};

/// The kind of proof that a pass leaves what functions do as it is.
enum class PassProof : uint8_t {
  Validated, ///< each application is undone by other code and compared with the original
  Proven,    ///< a solver has proved its rules for all values
  Fuzzed,    ///< a written invariant, which a fuzzer exercises
  Hint,      ///< it changes no instruction
};

/// The pass's name in the text of a pipeline.
llvm::StringRef passName(OwnPass pass);
PassProof passProof(OwnPass pass);

/// Adds `pass`, which works on functions.
void addPass(llvm::FunctionPassManager &passes, OwnPass pass);

/// Lets the text of a pipeline name every pass of the table.
void registerPasses(llvm::PassBuilder &builder);

/// The analyses of a module's passes: LLVM's, and the few library functions that passes may know.
struct Analyses {
  explicit Analyses(const llvm::Module &module);
  /// Connects the managers with each other, and with the analyses that `builder` knows.
  void registerWith(llvm::PassBuilder &builder, llvm::Module &module);

  const llvm::TargetLibraryInfoImpl library;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager callGraph;
  llvm::ModuleAnalysisManager modules;
};

} // namespace w2n::compiler
