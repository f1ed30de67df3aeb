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

/// How a pass is known to leave what functions do as it is.
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

/// What passes may know of functions by their names. Names of functions are the module's, and say
/// nothing; known are those that the builtins archive has.
llvm::TargetLibraryInfoImpl knownLibrary(const llvm::Triple &triple);

} // namespace w2n::compiler
