// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/loops/ShortLoops.h"

#include "compiler/passes/PassCounts.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Transforms/Utils/LoopUtils.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Below 16 iterations the vectorizer has no loop for the rest, but a branch around each store.
constexpr uint64_t maxWithoutVectors = 15;

/// Whether `loop` ends soon, if its counter does not take all of its values.
bool isShort(const Loop &loop, ScalarEvolution &evolution) {
  const SCEV *taken = evolution.getBackedgeTakenCount(&loop);
  if (isa<SCEVCouldNotCompute>(taken))
    return reject(PassWay::ShortLoopsUnknownIterations);
  // In the counter's own width the sum with 1 is 0 for all of its values.
  if (auto *extension = dyn_cast<SCEVZeroExtendExpr>(taken))
    taken = extension->getOperand();
  const SCEV *count = evolution.getAddExpr(taken, evolution.getOne(taken->getType()));
  if (evolution.getUnsignedRangeMax(count).ugt(maxWithoutVectors))
    return reject(PassWay::ShortLoopsMayBeLong);
  countWay(PassWay::ShortLoopsMarked);
  return true;
}

} // namespace

PreservedAnalyses ShortLoopsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  for (Loop *loop : analyses.getResult<LoopAnalysis>(function).getLoopsInPreorder()) {
    // A number that is always the same is known to the vectorizer as well.
    if (evolution.getSmallConstantTripCount(loop))
      countWay(PassWay::ShortLoopsSameCount);
    else if (isShort(*loop, evolution))
      addStringMetadataToLoop(loop, "llvm.loop.isvectorized", 1);
  }
  return PreservedAnalyses::all();
}

} // namespace w2n::compiler
