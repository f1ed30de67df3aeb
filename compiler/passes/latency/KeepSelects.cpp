// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/latency/KeepSelects.h"

#include "compiler/passes/PassCounts.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Metadata.h>

namespace w2n::compiler {

using namespace llvm;

PreservedAnalyses KeepSelectsPass::run(Function &function, FunctionAnalysisManager &) {
  MDNode *mark = MDNode::get(function.getContext(), {});
  for (Instruction &instruction : instructions(function))
    if (isa<SelectInst>(instruction)) {
      const bool isMeasured = instruction.hasMetadata(LLVMContext::MD_prof);
      countWay(isMeasured ? PassWay::KeepSelectsMeasured : PassWay::KeepSelectsMarked);
      if (!isMeasured)
        instruction.setMetadata(LLVMContext::MD_unpredictable, mark);
    }
  return PreservedAnalyses::all();
}

} // namespace w2n::compiler
