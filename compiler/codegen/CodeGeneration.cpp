// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/codegen/CodeGeneration.h"

#include "compiler/codegen/AlignBlocks.h"
#include "compiler/codegen/InlinedFrames.h"
#include "compiler/codegen/StopAtBudget.h"

#include <llvm/Analysis/RuntimeLibcallInfo.h>
#include <llvm/CodeGen/AsmPrinter.h>
#include <llvm/CodeGen/CodeGenTargetMachineImpl.h>
#include <llvm/CodeGen/MachineModuleInfo.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/TargetRegistry.h>

namespace w2n::compiler {

using namespace llvm;

// TargetMachine::addPassesToEmitFile, with a handler for the printer.
bool addCodeGeneration(legacy::PassManager &passes, TargetMachine &machine,
                       raw_pwrite_stream &stream, CodeGenFileType fileType, CompileBudget &budget,
                       const Frames &frames) {
  auto &target = static_cast<CodeGenTargetMachineImpl &>(machine);
  TargetPassConfig *config = target.createPassConfig(passes);
  config->setDisableVerify(true);
  passes.add(config);
  if (target.getOptLevel() != CodeGenOptLevel::None) // else blocks are not placed
    config->insertPass(&MachineBlockPlacementID, createAlignBlocksPass());
  const auto inserted = dropFunctionsAtBudget(*config, budget);
  // Without DWARF, lines are for frames; there are no variables whose values could be followed.
  if (!frames.hasVariables)
    config->disablePass(&LiveDebugValuesID);
  auto *modules = new MachineModuleInfoWrapperPass(&target);
  passes.add(modules);
  // Without it no function is known, and memset becomes a loop over bytes.
  passes.add(new RuntimeLibraryInfoWrapper(target.getTargetTriple()));
  if (config->addISelPasses())
    return false;
  config->addMachinePasses();
  config->setInitialized();
  deleteUnused(inserted);
  auto streamer =
      target.createMCStreamer(stream, nullptr, fileType, modules->getMMI().getContext());
  if (!streamer) {
    consumeError(streamer.takeError());
    return false;
  }
  AsmPrinter *printer = target.getTarget().createAsmPrinter(target, std::move(*streamer));
  if (!printer)
    return false;
  printer->addAsmPrinterHandler(createInlinedFrames(*printer, *frames.subprograms));
  passes.add(printer);
  passes.add(createFreeMachineFunctionPass());
  return true;
}

} // namespace w2n::compiler
