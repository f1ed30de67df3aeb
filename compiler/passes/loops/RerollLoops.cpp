// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Loops whose bodies consist of several copies of one (Copies.cpp) are run with one copy, as often
// as all copies together. What is new is compared with what was by a transformation in the other
// direction that does not know how it was found (ValidateReroll.cpp); if they are not the same, the
// loop stays as it is.

#include "compiler/passes/loops/RerollLoops.h"

#include "compiler/passes/PassCounts.h"
#include "compiler/passes/Preserved.h"
#include "compiler/passes/loops/Copies.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Bodies that are larger are left alone.
constexpr size_t maxInstructions = 400;
/// The cost of computing the number of iterations that is allowed, as LLVM counts it: once for a
/// loop whose bodies were worth unrolling.
constexpr unsigned iterationsBudget = 16;

/// Whether the loop may consist of copies.
bool isCandidate(Loop &loop) {
  BasicBlock *body = loop.getHeader();
  if (loop.getNumBlocks() != 1 || !loop.isLoopSimplifyForm() || !loop.getExitBlock() ||
      !isa<BranchInst>(body->getTerminator()))
    return reject(PassWay::RerollLoopsSeveralBlocks);
  if (body->size() > maxInstructions)
    return reject(PassWay::RerollLoopsTooLarge);
  return none_of(*body,
                 [](Instruction &instruction) {
                   return instruction.mayReadOrWriteMemory() &&
                          !isa<LoadInst, StoreInst, AssumeInst>(instruction);
                 }) ||
         reject(PassWay::RerollLoopsOtherAccess);
}

/// The number of times that the loop runs `copies` copies, in 64 bits before the loop; null if that
/// is not known or costs much.
Value *expandIterations(Loop &loop, ScalarEvolution &evolution, const TargetTransformInfo &target,
                        unsigned copies) {
  const SCEV *taken = evolution.getBackedgeTakenCount(&loop);
  if (isa<SCEVCouldNotCompute>(taken) || evolution.getUnsignedRangeMax(taken).getActiveBits() > 56)
    return nullptr;
  Instruction *before = loop.getLoopPreheader()->getTerminator();
  SCEVExpander expander(evolution, "reroll");
  if (!expander.isSafeToExpandAt(taken, before) ||
      expander.isHighCostExpansion(taken, &loop, iterationsBudget, &target, before))
    return nullptr;
  Type *type = IntegerType::get(before->getContext(), 64);
  const SCEV *iterations =
      evolution.getAddExpr(evolution.getTruncateOrZeroExtend(taken, type), evolution.getOne(type));
  iterations = evolution.getMulExpr(iterations, evolution.getConstant(type, copies));
  return expander.expandCodeFor(iterations, type, before);
}

/// The same for a loop that ends when a 32-bit counter with a step of a power of two equals a
/// number: of which it is not known that the counter meets it. If not, the loop never ends by
/// itself, and what is returned is as good as never.
Value *expandDistance(Loop &loop, ScalarEvolution &evolution, unsigned copies) {
  constexpr uint64_t never = uint64_t(1) << 62;
  auto *branch = cast<BranchInst>(loop.getHeader()->getTerminator());
  auto *compare = branch->isConditional() ? dyn_cast<ICmpInst>(branch->getCondition()) : nullptr;
  if (!compare || !compare->getOperand(0)->getType()->isIntegerTy(32) ||
      compare->getPredicate() !=
          (branch->getSuccessor(0) == loop.getHeader() ? CmpInst::ICMP_NE : CmpInst::ICMP_EQ))
    return nullptr;
  const SCEV *end = evolution.getSCEV(compare->getOperand(1));
  auto *counter = dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(compare->getOperand(0)));
  if (!counter || counter->getLoop() != &loop || !counter->isAffine() ||
      !evolution.isLoopInvariant(end, &loop))
    return nullptr;
  auto *step = dyn_cast<SCEVConstant>(counter->getStepRecurrence(evolution));
  if (!step || !step->getAPInt().abs().isPowerOf2())
    return nullptr;
  const SCEV *distance = step->getAPInt().isNegative()
                             ? evolution.getMinusSCEV(counter->getStart(), end)
                             : evolution.getMinusSCEV(end, counter->getStart());
  Instruction *before = loop.getLoopPreheader()->getTerminator();
  SCEVExpander expander(evolution, "reroll");
  if (!expander.isSafeToExpandAt(distance, before))
    return nullptr;
  IRBuilder<> builder(before);
  Value *apart = builder.CreateZExt(expander.expandCodeFor(distance, distance->getType(), before),
                                    builder.getInt64Ty());
  const uint64_t stride = step->getAPInt().abs().getZExtValue();
  Value *rest = builder.CreateAnd(apart, builder.getInt64(stride - 1));
  Value *steps = builder.CreateLShr(apart, builder.getInt64(Log2_64(stride)));
  Value *iterations =
      builder.CreateMul(builder.CreateAdd(steps, builder.getInt64(1)), builder.getInt64(copies));
  return builder.CreateSelect(builder.CreateICmpEQ(rest, builder.getInt64(0)), iterations,
                              builder.getInt64(never));
}

/// Takes the new block's instructions over into the old block.
void replaceBody(const RerolledLoop &rerolled) {
  BasicBlock &body = *rerolled.loop.getHeader();
  BasicBlock &clone = rerolled.body;
  for (auto [old, value] : rerolled.liveOuts)
    old->replaceUsesOutsideBlock(value, &body);
  for (Instruction &instruction : make_early_inc_range(reverse(body))) {
    if (!instruction.use_empty())
      instruction.replaceAllUsesWith(PoisonValue::get(instruction.getType()));
    instruction.eraseFromParent();
  }
  body.splice(body.end(), &clone);
  body.replacePhiUsesWith(&clone, &body);
  body.getTerminator()->replaceSuccessorWith(&clone, &body);
  clone.eraseFromParent();
}

void discard(BasicBlock &block) {
  block.dropAllReferences();
  block.eraseFromParent();
}

bool rerollLoop(Loop &loop, ScalarEvolution &evolution, FunctionAnalysisManager &analyses,
                const TargetTransformInfo &target) {
  if (!isCandidate(loop))
    return false;
  auto count = [&](auto isKind) { return unsigned(count_if(*loop.getHeader(), isKind)); };
  const unsigned loads = count([](Instruction &i) { return isa<LoadInst>(i); });
  const unsigned stores = count([](Instruction &i) { return isa<StoreInst>(i); });
  for (unsigned number = std::min(maxCopies, loads + stores); number > 1; --number) {
    if (loads % number != 0 || stores % number != 0)
      continue;
    Copies copies(loop, evolution, number);
    if (!copies.match())
      continue;
    Value *iterations = expandIterations(loop, evolution, target, number);
    if (!iterations) {
      iterations = expandDistance(loop, evolution, number);
      if (!iterations)
        return reject(PassWay::RerollLoopsUnknownIterations);
      countWay(PassWay::RerollLoopsDistance);
    }
    RerolledLoop rerolled = copies.reroll(iterations);
    const bool isValid = isSameLoop(rerolled, evolution, analyses);
    countWay(isValid ? PassWay::RerollLoopsRolledUp : PassWay::RerollLoopsNotValidated);
    evolution.forgetLoop(&loop);
    if (isValid) {
      replaceBody(rerolled);
    } else {
      discard(rerolled.body);
      RecursivelyDeleteTriviallyDeadInstructions(iterations);
    }
    return true;
  }
  return false;
}

} // namespace

PreservedAnalyses RerollLoopsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  if (loops.empty())
    return PreservedAnalyses::all();
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  auto &target = analyses.getResult<TargetIRAnalysis>(function);
  bool changed = false;
  for (Loop *loop : loops.getLoopsInPreorder())
    if (loop->isInnermost())
      changed |= rerollLoop(*loop, evolution, analyses, target);
  return preservingBlocks(changed);
}

} // namespace w2n::compiler
