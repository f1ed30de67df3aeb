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

  /// Inlines into `caller` what is `done`.
  bool inlineInto(Function &caller, const SmallPtrSetImpl<const Function *> &done);

private:
  bool isWorthIt(CallBase &call);

  FunctionAnalysisManager &analyses;
  const InlineParams params = inlineParams();
};

/// Whether `call` may be inlined: of functions of the module, those that the lowering has marked.
bool isAllowed(const CallBase &call, const SmallPtrSetImpl<const Function *> &done) {
  const Function *callee = call.getCalledFunction();
  if (!callee || callee->isDeclaration())
    return false;
  if (!callee->hasFnAttribute(Attribute::InlineHint))
    return reject(PassWay::InlineCallsNotMarked);
  return done.contains(callee) || reject(PassWay::InlineCallsNotDone);
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

bool Inliner::inlineInto(Function &caller, const SmallPtrSetImpl<const Function *> &done) {
  SmallVector<CallBase *, 16> calls;
  for (BasicBlock &block : caller)
    for (Instruction &instruction : block)
      if (auto *call = dyn_cast<CallBase>(&instruction); call && isAllowed(*call, done))
        calls.push_back(call);
  // Judged before the first changes the function, as each change would cost the analyses anew.
  erase_if(calls, [&](CallBase *call) { return !isWorthIt(*call); });
  if (calls.empty())
    return false;
  bool changed = false;
  unsigned growthLeft = caller.getInstructionCount() / 2 + growthAlwaysAllowed;
  for (CallBase *call : calls) {
    const unsigned growth = call->getCalledFunction()->getInstructionCount();
    if (growth > growthLeft) {
      countWay(PassWay::InlineCallsNoRoom);
      continue;
    }
    growthLeft -= growth;
    InlineFunctionInfo info;
    if (InlineFunction(*call, info, /*MergeAttributes=*/true).isSuccess()) {
      countWay(PassWay::InlineCallsInlined);
      changed = true;
    }
  }
  if (changed)
    analyses.invalidate(caller, PreservedAnalyses::none());
  return changed;
}

} // namespace

SmallPtrSet<Function *, 16> inlineCalls(Module &module, FunctionAnalysisManager &analyses) {
  SmallPtrSet<Function *, 16> changed;
  SmallPtrSet<const Function *, 16> done;
  CallGraph graph(module);
  Inliner inliner(analyses);
  for (auto component = scc_begin(&graph); !component.isAtEnd(); ++component) {
    for (CallGraphNode *node : *component)
      if (Function *function = node->getFunction(); function && !function->isDeclaration())
        if (inliner.inlineInto(*function, done))
          changed.insert(function);
    for (CallGraphNode *node : *component)
      if (Function *function = node->getFunction(); function && !function->isDeclaration())
        done.insert(function);
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
