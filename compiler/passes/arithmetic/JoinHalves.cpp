// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/arithmetic/JoinHalves.h"

#include "compiler/passes/PassCounts.h"

#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/Transforms/Vectorize/VectorCombine.h>

namespace w2n::compiler {

using namespace llvm;

// LLVM's pass also loads less where only some lanes are used. The assumption that names a guest's
// load (lower/function/Memory.cpp) is a use that keeps it from that.
PreservedAnalyses JoinHalvesPass::run(Function &function, FunctionAnalysisManager &analyses) {
  const TypeSize width = analyses.getResult<TargetIRAnalysis>(function).getRegisterBitWidth(
      TargetTransformInfo::RGK_FixedWidthVector);
  if (width.getFixedValue() <= 128) {
    countWay(PassWay::JoinHalvesNarrowRegisters);
    return PreservedAnalyses::all();
  }
  countWay(PassWay::JoinHalvesWideRegisters);
  return VectorCombinePass().run(function, analyses);
}

} // namespace w2n::compiler
