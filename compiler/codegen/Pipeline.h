// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The optimization pipelines.
#pragma once

#include "compiler/Options.h"

#include <llvm/IR/Module.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/Target/TargetMachine.h>

namespace w2n::compiler {

/// Optimizes every function of `module` for `level`, and sets the level of code generation. For
/// shapes of functions that LLVM's passes cost more than linear time in, fewer passes run, and
/// `onFewer` is told why, in a few words. If `hooks` are not null, passes run under them. A module
/// of one huge function should come with O1: see Partition.h.
void optimizeModule(llvm::Module &module, llvm::TargetMachine &machine, OptimizationLevel level,
                    const std::function<void(const llvm::Function &, const char *reason)> &onFewer,
                    llvm::PassInstrumentationCallbacks *hooks);

} // namespace w2n::compiler
