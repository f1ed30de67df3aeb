// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/calls/InlineCalls.h"

#include "compiler/passes/PassCounts.h"

#include <llvm/ADT/SCCIterator.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/CallGraph.h>
#include <llvm/Analysis/InlineCost.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/Transforms/Utils/Cloning.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// In LLVM's units, of which an instruction has 5 and a call 25. The producer has inlined up to 225
/// or more where it could; what it left is mostly calls between files.
constexpr int maxCost = 100;
/// The allowed growth of a function: half of what it has, and this many instructions. Modules can
/// be made so that all that is worth inlining would be thirty times the code.
constexpr unsigned growthAlwaysAllowed = 2000;
/// Calls that are inlined within each other. The place of an inlined instruction lists them all, so
/// a chain of functions that call each other would take quadratic time and memory, also where
/// nothing of them is left.
constexpr unsigned maxDepth = 16;

/// How deep calls are inlined in each function that is done.
using Depths = DenseMap<const Function *, unsigned>;

InlineParams inlineParams() {
  InlineParams params;
  params.DefaultThreshold = maxCost;
  params.HintThreshold = maxCost;
  params.LocallyHotCallSiteThreshold = 2 * maxCost;
  params.ColdCallSiteThreshold = 0;
  params.OptSizeThreshold = 0;
  return params;
}

class Inliner {
public:
  explicit Inliner(FunctionAnalysisManager &analyses) : analyses(analyses) {}

  /// Inlines what is done into `caller`; the depth of what it has then.
  unsigned inlineInto(Function &caller, const Depths &done);

private:
  bool isWorthIt(CallBase &call);

  FunctionAnalysisManager &analyses;
  const InlineParams params = inlineParams();
};

/// Whether `call` may be inlined: of functions of the module, those that the lowering has marked.
bool isAllowed(const CallBase &call, const Depths &done) {
  const Function *callee = call.getCalledFunction();
  if (!callee || callee->isDeclaration())
    return false;
  if (!callee->hasFnAttribute(Attribute::InlineHint))
    return reject(PassWay::InlineCallsNotMarked);
  const auto its = done.find(callee);
  if (its == done.end())
    return reject(PassWay::InlineCallsNotDone);
  return its->second < maxDepth || reject(PassWay::InlineCallsTooDeep);
}

bool Inliner::isWorthIt(CallBase &call) {
  Function &callee = *call.getCalledFunction();
  auto assumptions = [&](Function &function) -> AssumptionCache & {
    return analyses.getResult<AssumptionAnalysis>(function);
  };
  auto library = [&](Function &function) -> const TargetLibraryInfo & {
    return analyses.getResult<TargetLibraryAnalysis>(function);
  };
  auto frequencies = [&](Function &function) -> BlockFrequencyInfo & {
    return analyses.getResult<BlockFrequencyAnalysis>(function);
  };
  auto &target = analyses.getResult<TargetIRAnalysis>(callee);
  return bool(getInlineCost(call, params, target, assumptions, library, frequencies)) ||
         reject(PassWay::InlineCallsCostly);
}

unsigned Inliner::inlineInto(Function &caller, const Depths &done) {
  SmallVector<CallBase *, 16> calls;
  for (BasicBlock &block : caller)
    for (Instruction &instruction : block)
      if (auto *call = dyn_cast<CallBase>(&instruction); call && isAllowed(*call, done))
        calls.push_back(call);
  // Judged before the first changes the function, as each change would cost the analyses anew.
  erase_if(calls, [&](CallBase *call) { return !isWorthIt(*call); });
  unsigned depth = 0;
  unsigned growthLeft = caller.getInstructionCount() / 2 + growthAlwaysAllowed;
  for (CallBase *call : calls) {
    const Function &callee = *call->getCalledFunction();
    const unsigned growth = callee.getInstructionCount();
    if (growth > growthLeft) {
      countWay(PassWay::InlineCallsNoRoom);
      continue;
    }
    growthLeft -= growth;
    InlineFunctionInfo info;
    if (InlineFunction(*call, info, /*MergeAttributes=*/true).isSuccess()) {
      countWay(PassWay::InlineCallsInlined);
      depth = std::max(depth, done.lookup(&callee) + 1);
    }
  }
  if (depth != 0)
    analyses.invalidate(caller, PreservedAnalyses::none());
  return depth;
}

} // namespace

SmallPtrSet<Function *, 16> inlineCalls(Module &module, FunctionAnalysisManager &analyses) {
  SmallPtrSet<Function *, 16> changed;
  Depths done;
  CallGraph graph(module);
  Inliner inliner(analyses);
  for (auto component = scc_begin(&graph); !component.isAtEnd(); ++component) {
    Depths its;
    for (CallGraphNode *node : *component)
      if (Function *function = node->getFunction(); function && !function->isDeclaration())
        if ((its[function] = inliner.inlineInto(*function, done)) != 0)
          changed.insert(function);
    done.insert(its.begin(), its.end());
  }
  for (Function &function : module)
    if (function.hasAvailableExternallyLinkage()) {
      analyses.clear(function, function.getName());
      changed.erase(&function);
      function.deleteBody();
    }
  return changed;
}

} // namespace w2n::compiler
