// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/Passes.h"

#include "compiler/passes/addresses/ContainAccesses.h"
#include "compiler/passes/addresses/FoldIndexSums.h"
#include "compiler/passes/addresses/WidenAddresses.h"
#include "compiler/passes/addresses/WidenExits.h"
#include "compiler/passes/arithmetic/JoinHalves.h"
#include "compiler/passes/arithmetic/WideProducts.h"
#include "compiler/passes/calls/CutBlocks.h"
#include "compiler/passes/calls/InlineCalls.h"
#include "compiler/passes/latency/KeepSelects.h"
#include "compiler/passes/latency/ShortenRecurrences.h"
#include "compiler/passes/latency/SplitCopies.h"
#include "compiler/passes/loops/CutLoopChains.h"
#include "compiler/passes/loops/RerollLoops.h"
#include "compiler/passes/loops/ShortLoops.h"
#include "compiler/passes/speculation/MaskSwitches.h"
#include "compiler/passes/traps/PinLoads.h"

#include <llvm/Analysis/ProfileSummaryInfo.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

struct PassRow {
  OwnPass pass;
  const char *name;
  PassProof proof;
  /// Adds the pass; null for one that works on the other unit.
  void (*addToFunction)(FunctionPassManager &);
  void (*addToModule)(ModulePassManager &);
};

constexpr PassRow passRows[] = {
#define W2N_PASS(name, text, create, proof, ...)                                                   \
  {OwnPass::name, text, PassProof::proof,                                                          \
   [](FunctionPassManager &passes) { passes.addPass(create); }, nullptr},
#define W2N_MODULE_PASS(name, text, create, proof, ...)                                            \
  {OwnPass::name, text, PassProof::proof, nullptr,                                                 \
   [](ModulePassManager &passes) { passes.addPass(create); }},
#include "compiler/passes/Passes.def"
};

const PassRow &rowOf(OwnPass pass) { return passRows[size_t(pass)]; }

} // namespace

StringRef passName(OwnPass pass) { return rowOf(pass).name; }
PassProof passProof(OwnPass pass) { return rowOf(pass).proof; }

void addPass(FunctionPassManager &passes, OwnPass pass) {
  const PassRow &row = rowOf(pass);
  assert(row.pass == pass && row.addToFunction && "a pass that works on functions");
  row.addToFunction(passes);
}

void registerPasses(PassBuilder &builder) {
  builder.registerPipelineParsingCallback(
      [](StringRef name, FunctionPassManager &passes, ArrayRef<PassBuilder::PipelineElement>) {
        const PassRow *row = find_if(
            passRows, [&](const PassRow &row) { return row.addToFunction && name == row.name; });
        return row != std::end(passRows) && (row->addToFunction(passes), true);
      });
  builder.registerPipelineParsingCallback([](StringRef name, ModulePassManager &passes,
                                             ArrayRef<PassBuilder::PipelineElement>) {
    const PassRow *row =
        find_if(passRows, [&](const PassRow &row) { return row.addToModule && name == row.name; });
    return row != std::end(passRows) && (row->addToModule(passes), true);
  });
}

/// The library functions that passes may know by their names. Names of functions are the module's,
/// and say nothing; known are those that the builtins archive has.
static TargetLibraryInfoImpl knownLibrary(const Triple &triple) {
  TargetLibraryInfoImpl library(triple);
  library.disableAllFunctions();
  for (LibFunc known : {LibFunc_memcpy, LibFunc_memmove, LibFunc_memset})
    library.setAvailable(known);
  return library;
}

Analyses::Analyses(const Module &module) : library(knownLibrary(module.getTargetTriple())) {}

void Analyses::registerWith(PassBuilder &builder, Module &module) {
  functions.registerPass([&] { return TargetLibraryAnalysis(library); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(callGraph);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, callGraph, modules);
  // Function passes ask for what is known of the module, and make nothing of it themselves.
  modules.getResult<ProfileSummaryAnalysis>(module);
}

} // namespace w2n::compiler
