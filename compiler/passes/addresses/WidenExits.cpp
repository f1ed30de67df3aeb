// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A narrow counter n = 0, s, 2s, ... that the latch compares for (in)equality with the constant c,
// a multiple of s, reaches c before it wraps around, and the loop ends there at the latest. So the
// zero extension of n is the wide w = 0, s, 2s, ... as long as the loop runs, and w = c says what
// n = c says (test/proofs/widen-exits.smt2).

#include "compiler/passes/addresses/WidenExits.h"

#include "compiler/passes/PassCounts.h"
#include "compiler/passes/Preserved.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/PatternMatch.h>

namespace w2n::compiler {

using namespace llvm;
using namespace llvm::PatternMatch;

namespace {

/// The step of a phi that begins with 0, and what it is next; nothing if it is something else.
struct Counter {
  uint64_t step = 0;
  Value *next = nullptr;
};

Counter counterOf(PHINode &phi, const Loop &loop) {
  if (!phi.getType()->isIntegerTy() || phi.getNumIncomingValues() != 2)
    return {};
  Value *next = phi.getIncomingValueForBlock(loop.getLoopLatch());
  const APInt *step;
  if (!match(phi.getIncomingValueForBlock(loop.getLoopPreheader()), m_Zero()) ||
      !match(next, m_c_Add(m_Specific(&phi), m_APInt(step))) || !step->isStrictlyPositive())
    return {};
  return {step->getZExtValue(), next};
}

/// The comparison of the latch's branch, if it is of a narrow counter with a constant.
ICmpInst *exitComparison(const Loop &loop) {
  auto *branch = dyn_cast<BranchInst>(loop.getLoopLatch()->getTerminator());
  if (!branch || !branch->isConditional() || !loop.isLoopExiting(loop.getLoopLatch()))
    return nullptr;
  auto *comparison = dyn_cast<ICmpInst>(branch->getCondition());
  bool endsWhenEqual =
      comparison && comparison->isEquality() &&
      loop.contains(branch->getSuccessor(0)) == (comparison->getPredicate() == ICmpInst::ICMP_NE);
  return endsWhenEqual && comparison->getOperand(0)->getType()->isIntegerTy(32) &&
                 isa<ConstantInt>(comparison->getOperand(1))
             ? comparison
             : nullptr;
}

bool widenExit(const Loop &loop) {
  if (!loop.isLoopSimplifyForm())
    return reject(PassWay::WidenExitsNotSimplified);
  ICmpInst *comparison = exitComparison(loop);
  if (!comparison)
    return reject(PassWay::WidenExitsOtherExit);
  const uint64_t end = cast<ConstantInt>(comparison->getOperand(1))->getZExtValue();
  Counter narrow, wide;
  for (PHINode &phi : loop.getHeader()->phis())
    if (Counter counter = counterOf(phi, loop); counter.next == comparison->getOperand(0))
      narrow = counter;
  if (!narrow.next)
    return reject(PassWay::WidenExitsNoNarrowCounter);
  if (end == 0 || end % narrow.step != 0)
    return reject(PassWay::WidenExitsNotMet);
  for (PHINode &phi : loop.getHeader()->phis())
    if (Counter counter = counterOf(phi, loop);
        phi.getType()->isIntegerTy(64) && counter.step == narrow.step)
      wide = counter;
  if (!wide.next)
    return reject(PassWay::WidenExitsNoWideCounter);
  countWay(PassWay::WidenExitsWidened);
  IRBuilder<> builder(loop.getLoopLatch()->getTerminator());
  Value *widened = builder.CreateICmp(comparison->getPredicate(), wide.next, builder.getInt64(end));
  cast<BranchInst>(loop.getLoopLatch()->getTerminator())->setCondition(widened);
  if (comparison->use_empty())
    comparison->eraseFromParent();
  return true;
}

} // namespace

PreservedAnalyses WidenExitsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  bool changed = false;
  for (Loop *loop : analyses.getResult<LoopAnalysis>(function).getLoopsInPreorder())
    changed |= widenExit(*loop);
  return preservingBlocks(changed);
}

} // namespace w2n::compiler
