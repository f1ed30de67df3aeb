// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Target triples, CPUs and target machines.
#pragma once

#include "compiler/Options.h"
#include "compiler/targets/Processor.h"
#include "compiler/targets/SimdTarget.h"

#include <llvm/Target/TargetMachine.h>
#include <memory>
#include <span>

namespace w2n::compiler {

/// A processor of a target, as code is generated for it.
struct TargetChoice {
  const TargetInfo *info;
  std::string triple;
  Processor processor;
  /// The features that the loader checks: see Processor.h.
  std::string requiredFeatures;
  VectorTarget vectorTarget = {};
};

/// The target called `name`, a row of Targets.def or a triple; empty is the host's. Errors:
/// Unsupported, naming those that are known.
Result<const TargetInfo *> findTarget(const std::string &name);

/// The processors to generate code for: for each of `targets` its slices, in the order of
/// options.cpu. A processor is taken for the targets that know its name, so that a list may be for
/// several. Errors: Unsupported, Invalid.
Result<std::vector<std::vector<TargetChoice>>> chooseSlices(const CompileOptions &options,
                                                            std::span<const std::string> targets);

/// A new target machine; one for each module. optimizeModule sets its level. Errors: Internal.
Result<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const TargetChoice &target);

/// Initializes LLVM, once in the process. Errors: Internal. Threads: any.
Status initializeLlvm();

} // namespace w2n::compiler
