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
  Unproven,  ///< by nothing that stands: left out of the pipelines
};

/// The pass's name in the text of a pipeline.
llvm::StringRef passName(OwnPass pass);
PassProof passProof(OwnPass pass);

/// Whether the pipelines have `pass`. Builds with W2N_UNPROVEN_PASSES, for tests and for comparing
/// speeds, have also those that are unproven.
constexpr bool isProofRequired =
#ifdef W2N_UNPROVEN_PASSES
    false;
#else
    true;
#endif

/// Adds `pass`, which works on functions, unless it lacks a proof that this build requires.
void addPass(llvm::FunctionPassManager &passes, OwnPass pass);

/// Lets the text of a pipeline name every pass of the table, also the unproven ones.
void registerPasses(llvm::PassBuilder &builder);

/// What passes may know of functions by their names. Names of functions are the module's, and say
/// nothing; known are those that the builtins archive has.
llvm::TargetLibraryInfoImpl knownLibrary(const llvm::Triple &triple);

} // namespace w2n::compiler
