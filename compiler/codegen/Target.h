// Target triples, CPUs and target machines.
#pragma once

#include "compiler/driver/Compile.h"
#include "compiler/lower/SimdTarget.h"

#include <llvm/Target/TargetMachine.h>
#include <memory>

namespace w2n::compiler {

/// One of the targets that we generate code for: a row of Targets.def.
struct TargetInfo {
  const char *name;       ///< what --target takes
  const char *triple;     ///< LLVM's
  const char *baseline;   ///< CPU that artifacts are compiled for unless --mcpu says otherwise
  const char *attributes; ///< features that go with it
  const char *emulation;  ///< lld's -m
};

struct TargetChoice {
  const TargetInfo *info;
  std::string triple, cpu, features;
  /// Instruction sets beyond the baseline, comma-separated LLVM names: what the loader checks.
  std::string requiredFeatures;
  VectorTarget vectorTarget = {};
};

/// Resolves --target, --mcpu, --mattr. Errors: Unsupported, naming what is known.
Result<TargetChoice> chooseTarget(const CompileOptions &options);

/// A new target machine; one for each module. optimizeModule sets its level. Errors: Internal.
Result<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const TargetChoice &target);

/// Initialises LLVM, once in the process. Threads: any.
void initializeLlvm();

} // namespace w2n::compiler
