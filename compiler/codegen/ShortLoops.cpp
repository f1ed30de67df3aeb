#include "compiler/codegen/ShortLoops.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Transforms/Utils/LoopUtils.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// Below 16 the vectorizer has no loop for the rest, but a branch around each store.
constexpr uint64_t mostIterations = 15;

bool isShort(const Loop &loop, ScalarEvolution &evolution) {
  const SCEV *taken = evolution.getBackedgeTakenCount(&loop);
  if (isa<SCEVCouldNotCompute>(taken))
    return false;
  // In the counter's own width the sum with 1 is 0 for all of its values.
  if (auto *extension = dyn_cast<SCEVZeroExtendExpr>(taken))
    taken = extension->getOperand();
  const SCEV *count = evolution.getAddExpr(taken, evolution.getOne(taken->getType()));
  return evolution.getUnsignedRangeMax(count).ule(mostIterations);
}

} // namespace

PreservedAnalyses ShortLoopsPass::run(Function &function, FunctionAnalysisManager &analyses) {
  auto &evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
  for (Loop *loop : analyses.getResult<LoopAnalysis>(function).getLoopsInPreorder())
    // The number of a loop that is always the same is known to those passes as well.
    if (!evolution.getSmallConstantTripCount(loop) && isShort(*loop, evolution)) {
      addStringMetadataToLoop(loop, "llvm.loop.isvectorized", 1);
      loop->setLoopAlreadyUnrolled();
    }
  return PreservedAnalyses::all();
}

} // namespace w2n::compiler
