// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/loops/CutLoopChains.h"

#include "compiler/passes/PassCounts.h"

#include <llvm/ADT/MapVector.h>
#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/LoopUtils.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Longer chains of loops whose bounds follow from each other hardly occur in programs.
constexpr unsigned maxLoopsInChain = 12;
/// Chains are cut by freezes up to here.
constexpr unsigned maxLoopsWithoutSlot = 60;
/// Loops that follow each other without a join between them, after which the row is cut. Few
/// programs have so many.
constexpr unsigned maxLoopsInRow = 32;
/// A loop's instructions are looked at once for each loop around them, up to this depth.
constexpr unsigned maxLoopDepth = 24;

/// How many loops a value has passed through, counted along its operands, since something cut the
/// chain.
struct Passed {
  unsigned sinceCut = 0;  ///< a freeze or a slot
  unsigned sinceSlot = 0; ///< a slot

  void include(Passed other) {
    sinceCut = std::max(sinceCut, other.sinceCut);
    sinceSlot = std::max(sinceSlot, other.sinceSlot);
  }
};

/// A freeze ends what scalar evolution knows of a value. It still looks through it when it forgets
/// what depends on a loop, which it does for each loop, so that now and then the value goes through
/// memory.
class ChainCutter {
public:
  ChainCutter(Function &function, LoopInfo &loops, DominatorTree &dominators)
      : function(function), loops(loops), dominators(dominators) {}

  bool run();
  bool hasNewBlocks() const { return newBlocks; }

private:
  /// The values from before a loop that it uses, and where it does.
  using Uses = MapVector<Instruction *, SmallVector<Use *, 4>>;

  static Uses usesOfValuesBefore(const Loop &loop);
  bool needsSlot(const Instruction &value) const {
    return passed.lookup(&value).sinceSlot >= maxLoopsWithoutSlot;
  }
  bool makePlaceForSlots(Loop &loop);
  void enter(Loop &loop);
  Value *cut(Instruction &value, Loop &loop);
  Value *frozen(Instruction &value);
  Value *throughSlot(Instruction &value, Loop &loop);

  Function &function;
  LoopInfo &loops;
  DominatorTree &dominators;
  DenseMap<const Instruction *, Passed> passed;
  DenseMap<const Loop *, Passed> loopPassed;
  DenseMap<const Instruction *, Value *> frozenValues;
  bool changed = false, newBlocks = false;
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

/// Stores `value` before `loop` and loads it again, which nothing undoes; null where what is before
/// `loop` is in another one, or computes `value` last.
Value *ChainCutter::throughSlot(Instruction &value, Loop &loop) {
  BasicBlock *before = loop.getLoopPredecessor();
  if (!before || loops.getLoopFor(before) != loop.getParentLoop() ||
      before->getTerminator() == &value)
    return nullptr;
  IRBuilder<> builder(&*function.getEntryBlock().getFirstInsertionPt());
  AllocaInst *slot = builder.CreateAlloca(value.getType(), nullptr, "cut");
  builder.SetInsertPoint(before->getTerminator());
  builder.CreateStore(&value, slot, /*isVolatile=*/true);
  return builder.CreateLoad(value.getType(), slot, /*isVolatile=*/true);
}

/// Cuts `value` off from what is before it: what `loop` is to use in its place, or null.
Value *ChainCutter::cut(Instruction &value, Loop &loop) {
  if (needsSlot(value))
    if (Value *slot = throughSlot(value, loop)) {
      countWay(PassWay::CutLoopChainsCut);
      return slot;
    }
  Value *freeze = frozen(value);
  if (freeze)
    countWay(PassWay::CutLoopChainsCut);
  return freeze;
}

ChainCutter::Uses ChainCutter::usesOfValuesBefore(const Loop &loop) {
  Uses uses;
  for (BasicBlock *block : loop.blocks())
    for (Instruction &instruction : *block)
      for (Use &use : instruction.operands())
        if (auto *value = dyn_cast<Instruction>(use); value && !loop.contains(value))
          uses[value].push_back(&use);
  return uses;
}

/// Whether `loop`, which came right behind another one, has got a block before it.
bool ChainCutter::makePlaceForSlots(Loop &loop) {
  if (loop.getLoopPreheader() || loop.getHeader()->isEHPad() ||
      !InsertPreheaderForLoop(&loop, &dominators, &loops, nullptr, /*PreserveLCSSA=*/false))
    return false;
  countWay(PassWay::CutLoopChainsPreheader);
  return newBlocks = true;
}

/// Comes to the header of `loop`: what it uses of code before it has been seen.
void ChainCutter::enter(Loop &loop) {
  if (loop.getLoopDepth() > maxLoopDepth)
    return countWay(PassWay::CutLoopChainsTooDeep);
  Uses uses = usesOfValuesBefore(loop);
  if (any_of(uses, [&](const auto &its) { return needsSlot(*its.first); }) &&
      makePlaceForSlots(loop))
    uses = usesOfValuesBefore(loop);
  Passed all;
  for (auto &[value, its] : uses) {
    Passed before = passed.lookup(value);
    if (before.sinceCut >= maxLoopsInChain && !value->getType()->isIntegerTy()) {
      countWay(PassWay::CutLoopChainsNoInteger);
    } else if (Value *other = before.sinceCut >= maxLoopsInChain ? cut(*value, loop) : nullptr) {
      changed = true;
      for (Use *use : its)
        use->set(other);
      before.sinceCut = 0;
      if (isa<LoadInst>(other))
        before.sinceSlot = 0;
    }
    all.include(before);
  }
  loopPassed[&loop] = {all.sinceCut + 1, all.sinceSlot + 1};
}

bool ChainCutter::run() {
  ReversePostOrderTraversal<Function *> order(&function);
  for (BasicBlock *block : order) {
    Loop *loop = loops.getLoopFor(block);
    if (loop && loop->getHeader() == block)
      enter(*loop);
    const Passed least = loop ? loopPassed.lookup(loop) : Passed();
    for (Instruction &instruction : *block) {
      Passed all = least;
      for (const Value *operand : instruction.operands())
        if (auto *value = dyn_cast<Instruction>(operand))
          all.include(passed.lookup(value));
      if (isa<FreezeInst>(instruction))
        all.sinceCut = least.sinceCut;
      passed[&instruction] = all;
    }
  }
  return changed || newBlocks;
}

/// The way by which scalar evolution looks for conditions that hold where a block begins: from the
/// block to its one predecessor, or from a loop to what is before it. At a join the way ends.
class RowCutter {
public:
  RowCutter(Function &function, LoopInfo &loops) : function(function), loops(loops) {}

  bool run();

private:
  /// The loops that are left on the way from the beginning of `block`.
  unsigned loopsBefore(const BasicBlock &block) const;
  bool cut(Loop &loop);

  Function &function;
  LoopInfo &loops;
  DenseMap<const BasicBlock *, unsigned> rows;
};

unsigned RowCutter::loopsBefore(const BasicBlock &block) const {
  if (const BasicBlock *before = block.getSinglePredecessor())
    return rows.lookup(before);
  const Loop *loop = loops.getLoopFor(&block);
  const BasicBlock *before = loop ? loop->getLoopPredecessor() : nullptr;
  return before ? rows.lookup(before) + 1 : 0;
}

/// Puts a block with two edges, of which one is never taken, before `loop`: behind it is a join.
/// Simplifying control flow, also within code generation, leaves nothing of it.
bool RowCutter::cut(Loop &loop) {
  BasicBlock *before = loop.getLoopPredecessor(), *header = loop.getHeader();
  if (header->isEHPad() || !isa<BranchInst, SwitchInst>(before->getTerminator()))
    return false;
  BasicBlock *fork = SplitEdge(before, header, nullptr, &loops);
  BasicBlock *join = fork ? SplitEdge(fork, header, nullptr, &loops) : nullptr;
  if (!join || join == fork)
    return false;
  fork->getTerminator()->eraseFromParent();
  BranchInst::Create(join, join, ConstantInt::getFalse(function.getContext()), fork);
  return true;
}

bool RowCutter::run() {
  ReversePostOrderTraversal<Function *> order(&function);
  SmallVector<Loop *, 8> tooFar;
  for (BasicBlock *block : order) {
    unsigned row = loopsBefore(*block);
    Loop *loop = loops.getLoopFor(block);
    if (row > maxLoopsInRow && loop && loop->getHeader() == block) {
      tooFar.push_back(loop);
      row = 0;
    }
    rows[block] = row;
  }
  bool changed = false;
  for (Loop *loop : tooFar)
    changed |= cut(*loop);
  return changed;
}

} // namespace

PreservedAnalyses CutLoopChainsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  LoopInfo &loops = analyses.getResult<LoopAnalysis>(function);
  auto &dominators = analyses.getResult<DominatorTreeAnalysis>(function);
  // As a chain, nests count as one loop after another.
  const size_t count = loops.getLoopsInPreorder().size();
  if (count <= maxLoopsInChain) {
    countWay(PassWay::CutLoopChainsFewLoops);
    return PreservedAnalyses::all();
  }
  const bool isRowCut = count > maxLoopsInRow && RowCutter(function, loops).run();
  if (isRowCut) {
    countWay(PassWay::CutLoopChainsRow);
    dominators.recalculate(function);
  }
  ChainCutter cutter(function, loops, dominators);
  if (!cutter.run() && !isRowCut) {
    countWay(PassWay::CutLoopChainsShortChains);
    return PreservedAnalyses::all();
  }
  if (isRowCut || cutter.hasNewBlocks())
    return PreservedAnalyses::none();
  PreservedAnalyses preserved;
  preserved.preserveSet<CFGAnalyses>();
  return preserved;
}

} // namespace w2n::compiler
