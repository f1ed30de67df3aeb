// The optimization pipelines.
#pragma once

#include "compiler/driver/Compile.h"

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

namespace w2n::compiler {

/// Optimizes every function of `module` for `level`. A module of one huge function should come with
/// O1: see Partition.h.
void optimizeModule(llvm::Module &module, llvm::TargetMachine &machine, OptimizationLevel level);

llvm::CodeGenOptLevel codeGenLevel(OptimizationLevel level);

} // namespace w2n::compiler
