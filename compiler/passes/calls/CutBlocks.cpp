// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/calls/CutBlocks.h"

#include "compiler/passes/PassCounts.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/IntrinsicInst.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

constexpr unsigned maxCallsInBlock = 128;

/// Whether `instruction` is a call of which the result need not be returned at once.
bool isOrdinaryCall(const Instruction &instruction) {
  const auto *call = dyn_cast<CallInst>(&instruction);
  return call && !isa<IntrinsicInst>(call) && !call->isInlineAsm() && !call->isTailCall();
}

/// Whether `block` has got so many calls that new ones begin in it.
bool cutAtCalls(BasicBlock &block) {
  SmallVector<Instruction *, 16> begins;
  unsigned calls = 0;
  for (Instruction &instruction : block)
    if (isOrdinaryCall(instruction) && ++calls % maxCallsInBlock == 0)
      begins.push_back(instruction.getNextNode());
  // Cutting takes time for each instruction behind the cut.
  for (Instruction *begin : reverse(begins)) {
    countWay(PassWay::CutBlocksCut);
    block.splitBasicBlock(begin);
  }
  return !begins.empty() || reject(PassWay::CutBlocksFewCalls);
}

} // namespace

PreservedAnalyses CutBlocksPass::run(Function &function, FunctionAnalysisManager &) {
  bool changed = false;
  for (BasicBlock &block : make_early_inc_range(function))
    changed |= cutAtCalls(block);
  return changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

} // namespace w2n::compiler
