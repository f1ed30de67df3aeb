// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/loops/CutLoopChains.h"

#include "compiler/passes/PassCounts.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/Instructions.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Longer chains of loops whose bounds follow from each other hardly occur in programs.
constexpr unsigned maxLoopsInChain = 12;
/// A loop's instructions are looked at once for each loop around them, up to this depth.
constexpr unsigned maxLoopDepth = 24;

/// The number of loops that a value has passed through, counted along its operands.
class ChainCutter {
public:
  ChainCutter(Function &function, LoopInfo &loops) : function(function), loops(loops) {}

  bool run();

private:
  unsigned depthOf(const Value *value) const {
    auto *instruction = dyn_cast<Instruction>(value);
    return instruction ? depths.lookup(instruction) : 0;
  }
  void enter(Loop &loop);
  Value *frozen(Instruction &value);

  Function &function;
  LoopInfo &loops;
  DenseMap<const Instruction *, unsigned> depths;
  DenseMap<const Loop *, unsigned> loopDepths;
  DenseMap<const Instruction *, Value *> frozenValues;
};

/// Right behind `value`: a loop need not have a preheader. A value is frozen once.
Value *ChainCutter::frozen(Instruction &value) {
  Value *&known = frozenValues[&value];
  if (known)
    return known;
  auto position = value.getInsertionPointAfterDef();
  if (!position)
    return nullptr;
  auto *freeze = new FreezeInst(&value, "", *position);
  freeze->setDebugLoc(value.getDebugLoc());
  return known = freeze;
}

/// Comes to the header of `loop`: what it uses of code before it has been seen.
void ChainCutter::enter(Loop &loop) {
  if (loop.getLoopDepth() > maxLoopDepth)
    return countWay(PassWay::CutLoopChainsTooDeep);
  MapVector<Instruction *, SmallVector<Use *, 4>> uses;
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block)
      for (Use &use : instruction.operands())
        if (auto *value = dyn_cast<Instruction>(use); value && !loop.contains(value))
          uses[value].push_back(&use);
  unsigned depth = 0;
  for (auto &[value, its] : uses) {
    unsigned valueDepth = depths.lookup(value);
    if (valueDepth >= maxLoopsInChain && !value->getType()->isIntegerTy())
      countWay(PassWay::CutLoopChainsNoInteger);
    else if (Value *cut = valueDepth >= maxLoopsInChain ? frozen(*value) : nullptr) {
      countWay(PassWay::CutLoopChainsCut);
      for (Use *use : its)
        use->set(cut);
      valueDepth = 0;
    }
    depth = std::max(depth, valueDepth);
  }
  loopDepths[&loop] = depth + 1;
}

bool ChainCutter::run() {
  ReversePostOrderTraversal<Function *> order(&function);
  for (BasicBlock *block : order) {
    Loop *loop = loops.getLoopFor(block);
    if (loop && loop->getHeader() == block)
      enter(*loop);
    const unsigned least = loop ? loopDepths.lookup(loop) : 0;
    for (Instruction &instruction : *block) {
      unsigned depth = least;
      for (const Value *operand : instruction.operands())
        depth = std::max(depth, depthOf(operand));
      if (isa<FreezeInst>(instruction))
        depth = least;
      depths[&instruction] = depth;
    }
  }
  return !frozenValues.empty();
}

} // namespace

PreservedAnalyses CutLoopChainsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  LoopInfo &loops = analyses.getResult<LoopAnalysis>(function);
  // As a chain, nests count as one loop after another.
  if (loops.getLoopsInPreorder().size() <= maxLoopsInChain) {
    countWay(PassWay::CutLoopChainsFewLoops);
    return PreservedAnalyses::all();
  }
  if (!ChainCutter(function, loops).run()) {
    countWay(PassWay::CutLoopChainsShortChains);
    return PreservedAnalyses::all();
  }
  PreservedAnalyses preserved;
  preserved.preserveSet<CFGAnalyses>();
  return preserved;
}

} // namespace w2n::compiler
