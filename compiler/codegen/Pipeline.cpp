// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The producer of the wasm has already inlined and simplified for its own target, so the pipelines
// start lean: they clean up what the lowering made visible (checks, addresses, memory that does not
// alias), then spend their time on loops and vectors, which wasm could not express.

#include "compiler/codegen/Pipeline.h"

#include "compiler/passes/CheckPasses.h"
#include "compiler/passes/Passes.h"
#include "compiler/passes/calls/InlineCalls.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/BDCE.h>
#include <llvm/Transforms/Scalar/CorrelatedValuePropagation.h>
#include <llvm/Transforms/Scalar/DeadStoreElimination.h>
#include <llvm/Transforms/Scalar/DivRemPairs.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/IndVarSimplify.h>
#include <llvm/Transforms/Scalar/InstSimplifyPass.h>
#include <llvm/Transforms/Scalar/JumpThreading.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopDeletion.h>
#include <llvm/Transforms/Scalar/LoopIdiomRecognize.h>
#include <llvm/Transforms/Scalar/LoopInstSimplify.h>
#include <llvm/Transforms/Scalar/LoopLoadElimination.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopSimplifyCFG.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/MemCpyOptimizer.h>
#include <llvm/Transforms/Scalar/Reassociate.h>
#include <llvm/Transforms/Scalar/SCCP.h>
#include <llvm/Transforms/Scalar/SimpleLoopUnswitch.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>
#include <llvm/Transforms/Vectorize/SLPVectorizer.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

/// SimplifyCFG may delete an instruction whose only use is an assumption when it merges blocks.
void addSimplifyCfg(FunctionPassManager &passes, const SimplifyCFGOptions &options) {
  addPass(passes, OwnPass::PinDeadBlocks);
  passes.addPass(SimplifyCFGPass(options));
}

void addCleanup(FunctionPassManager &passes) {
  passes.addPass(InstCombinePass());
  addSimplifyCfg(passes, SimplifyCFGOptions().convertSwitchRangeToICmp(true));
}

void addFirstLoopPasses(FunctionPassManager &passes, bool aggressive) {
  LoopPassManager loops;
  loops.addPass(LoopInstSimplifyPass());
  loops.addPass(LoopSimplifyCFGPass());
  loops.addPass(LICMPass(LICMOptions()));
  loops.addPass(LoopRotatePass());
  loops.addPass(LICMPass(LICMOptions()));
  loops.addPass(SimpleLoopUnswitchPass(aggressive));
  passes.addPass(createFunctionToLoopPassAdaptor(std::move(loops), /*UseMemorySSA=*/true));
}

void addSecondLoopPasses(FunctionPassManager &passes, int level) {
  LoopPassManager loops;
  loops.addPass(LoopIdiomRecognizePass());
  loops.addPass(IndVarSimplifyPass());
  loops.addPass(LoopDeletionPass());
  loops.addPass(LoopFullUnrollPass(level));
  passes.addPass(createFunctionToLoopPassAdaptor(std::move(loops), /*UseMemorySSA=*/false));
}

/// The passes that a function gets of those of its level.
enum class Passes { All, NoneAlongPhis, Cheap };

void addVectorPasses(FunctionPassManager &passes, int level, bool isAlongPhis) {
  addPass(passes, OwnPass::PinDeadLoops);
  passes.addPass(createFunctionToLoopPassAdaptor(LoopRotatePass()));
  addPass(passes, OwnPass::CutLoopChains);
  addPass(passes, OwnPass::ShortLoops);
  passes.addPass(LoopVectorizePass());
  passes.addPass(LoopLoadEliminationPass());
  passes.addPass(InstCombinePass());
  addSimplifyCfg(passes, SimplifyCFGOptions()
                             .forwardSwitchCondToPhi(true)
                             .convertSwitchToLookupTable(true)
                             .needCanonicalLoops(false)
                             .hoistCommonInsts(true)
                             .sinkCommonInsts(true));
  if (isAlongPhis) {
    passes.addPass(SLPVectorizerPass());
    addPass(passes, OwnPass::JoinHalves);
    passes.addPass(InstCombinePass());
    passes.addPass(LoopUnrollPass(LoopUnrollOptions(level)));
    passes.addPass(InstCombinePass());
    addPass(passes, OwnPass::ShortenRecurrences);
  }
  passes.addPass(createFunctionToLoopPassAdaptor(LICMPass(LICMOptions()), /*UseMemorySSA=*/true));
}

void addScalarPasses(FunctionPassManager &passes, int level, bool isAlongPhis) {
  if (isAlongPhis)
    passes.addPass(CorrelatedValuePropagationPass());
  addCleanup(passes);
  addPass(passes, OwnPass::PinDeadLoops);
  // Before sums are sorted, when copies are alike.
  passes.addPass(LoopSimplifyPass());
  addPass(passes, OwnPass::CutLoopChains);
  addPass(passes, OwnPass::WidenAddresses);
  passes.addPass(LoopSimplifyPass());
  addPass(passes, OwnPass::RerollLoops);
  addPass(passes, OwnPass::WidenExits);
  addPass(passes, OwnPass::FoldIndexSums);
  passes.addPass(ReassociatePass());
  addFirstLoopPasses(passes, level >= 3);
  addCleanup(passes);
  addPass(passes, OwnPass::PinDeadLoops);
  addPass(passes, OwnPass::CutLoopChains);
  addSecondLoopPasses(passes, level);
  passes.addPass(GVNPass());
  passes.addPass(SCCPPass());
  passes.addPass(BDCEPass());
  passes.addPass(InstCombinePass());
  if (isAlongPhis) {
    if (level >= 3)
      passes.addPass(JumpThreadingPass());
    passes.addPass(CorrelatedValuePropagationPass());
  }
  passes.addPass(ADCEPass());
  passes.addPass(MemCpyOptPass());
  passes.addPass(DSEPass());
  passes.addPass(createFunctionToLoopPassAdaptor(LICMPass(LICMOptions()), /*UseMemorySSA=*/true));
  addCleanup(passes);
}

/// The first passes of every function above O0, after which its shape is judged.
FunctionPassManager makeFirstPasses(OptimizationLevel level) {
  FunctionPassManager passes;
  if (level == OptimizationLevel::O0)
    return passes;
  // Unreachable code goes first: it may be all that needs a load.
  passes.addPass(SimplifyCFGPass(SimplifyCFGOptions().speculateBlocks(false)));
  addSimplifyCfg(passes, SimplifyCFGOptions());
  passes.addPass(EarlyCSEPass(/*UseMemorySSA=*/true));
  // Before terms of sums are put in another order, and before the inliner looks at the size.
  addPass(passes, OwnPass::WideProducts);
  return passes;
}

FunctionPassManager makePipeline(OptimizationLevel level, Passes which) {
  FunctionPassManager passes;
  const bool isAlongPhis = which == Passes::All;
  switch (which == Passes::Cheap ? std::min(level, OptimizationLevel::O1) : level) {
  case OptimizationLevel::O0:
    break;
  case OptimizationLevel::O1:
    addCleanup(passes);
    break;
  case OptimizationLevel::Os:
    addScalarPasses(passes, 2, isAlongPhis);
    break;
  case OptimizationLevel::O2:
  case OptimizationLevel::O3: {
    int number = level == OptimizationLevel::O3 ? 3 : 2;
    addScalarPasses(passes, number, isAlongPhis);
    addVectorPasses(passes, number, isAlongPhis);
    passes.addPass(InstSimplifyPass());
    passes.addPass(DivRemPairsPass());
    addSimplifyCfg(passes, SimplifyCFGOptions().convertSwitchRangeToICmp(true));
    addPass(passes, OwnPass::KeepSelects);
    addPass(passes, OwnPass::SplitCopies);
    break;
  }
  }
  addPass(passes, OwnPass::MaskSwitches);
  // For the code generator, too. At O0 it does not ask for scalar evolution.
  if (level != OptimizationLevel::O0)
    addPass(passes, OwnPass::CutLoopChains);
  // Addresses are not changed any more. What is compared before a loop needs a block there.
  if (level >= OptimizationLevel::O2)
    passes.addPass(LoopSimplifyPass());
  addPass(passes, OwnPass::ContainAccesses);
  addPass(passes, OwnPass::PinLoads);
  return passes;
}

CodeGenOptLevel codeGenLevel(OptimizationLevel level) {
  switch (level) {
  case OptimizationLevel::O0:
    return CodeGenOptLevel::None;
  case OptimizationLevel::O1:
    return CodeGenOptLevel::Less;
  case OptimizationLevel::O2:
  case OptimizationLevel::Os:
    return CodeGenOptLevel::Default;
  case OptimizationLevel::O3:
    return CodeGenOptLevel::Aggressive;
  }
  return CodeGenOptLevel::Default;
}

/// The SLP vectorizer and the scheduler are quadratic in the instructions of a block, the
/// two-address pass, which runs in every mode but O0, less badly. At these sizes they take a
/// fraction of a second.
constexpr size_t hugeBlockInstructions = 8192, vastBlockInstructions = 65536;
/// LazyValueInfo looks at all cases of a switch for each of its edges.
constexpr uint64_t maxSwitchWork = 1 << 19;
/// Threading of jumps doubles the phis of functions that have many. What follows values along them
/// is then worse than linear, and so is the register allocator. The functions of asyncify, which
/// saves all locals around each call, may have ten thousand; a large interpreter has two thousand.
constexpr size_t maxPhis = 3072;
/// The register allocator follows values along phis as well. Here it takes seconds.
constexpr size_t vastPhis = 32768;
/// Nearly all passes over loops, and what they ask for, take more than linear time for very many
/// loops in one function. Here they take two seconds.
constexpr size_t maxLoops = 512;

/// The register allocator may take the time of instructions times calls for a block: a value that
/// is used all along is split at each call, which takes it out of its register. Here it takes a
/// second.
constexpr uint64_t maxCallWork = 1 << 24;

bool hasManyCalls(const Function &function) {
  for (const BasicBlock &block : function) {
    const size_t instructions = block.size();
    // Smaller ones may share their partition with ordinary functions, and take a second at most.
    if (instructions <= hugeBlockInstructions)
      continue;
    const auto calls = uint64_t(count_if(block, [](const Instruction &instruction) {
      return isa<CallBase>(instruction) && !isa<IntrinsicInst>(instruction);
    }));
    if (calls * instructions > maxCallWork)
      return true;
  }
  return false;
}

size_t largestBlock(const Function &function) {
  size_t maxSize = 0;
  for (const BasicBlock &block : function)
    maxSize = std::max(maxSize, block.size());
  return maxSize;
}

bool hasHugeSwitches(const Function &function) {
  uint64_t work = 0;
  for (const BasicBlock &block : function)
    if (auto *branch = dyn_cast<SwitchInst>(block.getTerminator())) {
      SmallPtrSet<const BasicBlock *, 16> edges(succ_begin(&block), succ_end(&block));
      work += uint64_t(branch->getNumCases()) * edges.size();
    }
  return work > maxSwitchWork;
}

size_t countPhis(const Function &function) {
  size_t phis = 0;
  for (const BasicBlock &block : function)
    phis += size_t(range_size(block.phis()));
  return phis;
}

/// The passes that a function gets, and for those who wonder why it is slow, the reason.
struct Choice {
  Passes passes;
  const char *reason = nullptr;
};

Choice choosePasses(Function &function, FunctionAnalysisManager &analyses) {
  if (largestBlock(function) > hugeBlockInstructions || hasHugeSwitches(function))
    return {Passes::Cheap, "a block or a br_table is huge"};
  if (analyses.getResult<LoopAnalysis>(function).getLoopsInPreorder().size() > maxLoops)
    return {Passes::Cheap, "it has very many loops"};
  if (countPhis(function) > maxPhis)
    return {Passes::NoneAlongPhis, "too many values meet where paths join"};
  return {Passes::All};
}

/// Has the simple instruction selector and no scheduler work on `function`.
void generateCodeFast(Function &function) {
  function.addFnAttr(Attribute::OptimizeNone);
  function.addFnAttr(Attribute::NoInline);
}

/// For the fast register allocator, which works on all functions of the module or on none.
void cutBlocks(Module &module, FunctionAnalysisManager &analyses, OptimizationLevel level) {
  FunctionPassManager passes;
  addPass(passes, OwnPass::CutBlocks);
  // A load may be in another block now than what keeps it there. At O0 all loads are volatile.
  if (level != OptimizationLevel::O0)
    addPass(passes, OwnPass::PinLoads);
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    passes.run(function, analyses);
    analyses.clear(function, function.getName());
  }
}

} // namespace

void optimizeModule(Module &module, TargetMachine &machine, OptimizationLevel level,
                    const std::function<void(const Function &, const char *reason)> &onFewer,
                    PassInstrumentationCallbacks *hooks) {
  machine.setOptLevel(codeGenLevel(level));
#ifdef W2N_CHECKING
  PassInstrumentationCallbacks checkingHooks;
  if (!hooks)
    hooks = &checkingHooks;
  addPassChecks(*hooks);
#endif
  PassBuilder builder(&machine, PipelineTuningOptions(), std::nullopt, hooks);
  Analyses analyses(module);
  analyses.registerWith(builder, module);
  FunctionAnalysisManager &functions = analyses.functions;

  FunctionPassManager first = makeFirstPasses(level);
  std::array<FunctionPassManager, 3> pipelines;
  for (Passes which : {Passes::All, Passes::NoneAlongPhis, Passes::Cheap})
    pipelines[size_t(which)] = makePipeline(level, which);
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    if (level == OptimizationLevel::Os)
      function.addFnAttr(Attribute::OptimizeForSize);
    first.run(function, functions);
  }
  auto changed = inlineCalls(module, functions);
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    if (changed.contains(&function))
      first.run(function, functions);
    const Choice choice =
        level > OptimizationLevel::O1 ? choosePasses(function, functions) : Choice{Passes::All};
    pipelines[size_t(choice.passes)].run(function, functions);
    size_t block = largestBlock(function);
    const bool isFullOfCalls = level > OptimizationLevel::O0 && hasManyCalls(function);
    const bool isFullOfPhis = level > OptimizationLevel::O0 && countPhis(function) > vastPhis;
    if (level > OptimizationLevel::O0 && (block > hugeBlockInstructions || isFullOfPhis))
      generateCodeFast(function);
    if (block > vastBlockInstructions || isFullOfCalls || isFullOfPhis)
      machine.setOptLevel(CodeGenOptLevel::None);
    if (choice.passes != Passes::All)
      onFewer(function, choice.reason);
    else if (isFullOfCalls)
      onFewer(function, "a block has very many calls");
    functions.clear(function, function.getName());
  }
  if (machine.getOptLevel() == CodeGenOptLevel::None)
    cutBlocks(module, functions, level);
}

} // namespace w2n::compiler
