// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// w2n-opt: runs passes on LLVM IR, as LLVM's opt does, and knows the compiler's own by name
// (compiler/passes/Passes.def). For tests and for looking at one pass alone; it is not installed.
//
//   wasm2native compile --stop-after=lower -O2 module.wasm -o - |
//     w2n-opt -passes=loop-simplify,w2n-widen-addresses -

#include "compiler/passes/CheckPasses.h"
#include "compiler/passes/PassCounts.h"
#include "compiler/passes/Passes.h"
#include "compiler/targets/Target.h"

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/IRReader/IRReader.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/StandardInstrumentations.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/ToolOutputFile.h>
#include <llvm/Support/WithColor.h>

using namespace llvm;

namespace {

cl::OptionCategory category("w2n-opt options");
cl::opt<std::string> input(cl::Positional, cl::desc("<input, - is standard input>"), cl::init("-"),
                           cl::cat(category));
cl::opt<std::string> output("o", cl::desc("Output file"), cl::value_desc("file"), cl::init("-"),
                            cl::cat(category));
cl::opt<std::string> pipeline("passes", cl::desc("Passes to run, in the syntax of LLVM's opt"),
                              cl::cat(category));
cl::opt<bool> verifyEach("verify-each",
                         cl::desc("Check the code and its guest loads after each pass"),
                         cl::cat(category));
// Text is all that comes out; taken so that commands for opt work.
cl::opt<bool> asText("S", cl::desc("Write text, which is the default"), cl::cat(category));
cl::opt<bool> listPasses("list-passes", cl::desc("Print the compiler's own passes, in order"),
                         cl::cat(category));

// Appended, and by the environment as well, so that a run of the tests can sum it up.
cl::opt<std::string> passCounts("pass-counts",
                                cl::desc("Append how often passes took each way, also if the "
                                         "environment names a file as W2N_PASS_COUNTS"),
                                cl::value_desc("file"), cl::cat(category));

int fail(const Twine &text) {
  WithColor::error(errs(), "w2n-opt") << text << '\n';
  return 1;
}

void printPasses() {
#define W2N_PASS(name, text, ...) outs() << text << '\n';
#include "compiler/passes/Passes.def"
}

/// Null, for modules without a triple: passes then know nothing of the processor. Functions say
/// which processor of its kind they are for.
std::unique_ptr<TargetMachine> machineFor(const Module &module, std::string &error) {
  const Triple &triple = module.getTargetTriple();
  const Target *target = triple.empty() ? nullptr : TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return nullptr;
  return std::unique_ptr<TargetMachine>(
      target->createTargetMachine(triple, "", "", TargetOptions(), Reloc::PIC_, CodeModel::Small));
}

Error runPasses(Module &module, TargetMachine *machine) {
  PassInstrumentationCallbacks hooks;
  w2n::compiler::Analyses analyses(module);
  StandardInstrumentations instrumentations(module.getContext(), /*DebugLogging=*/false);
  instrumentations.registerCallbacks(hooks, &analyses.modules);
  if (verifyEach)
    w2n::compiler::addPassChecks(hooks);
  PassBuilder builder(machine, PipelineTuningOptions(), std::nullopt, &hooks);
  w2n::compiler::registerPasses(builder);
  analyses.registerWith(builder, module);
  ModulePassManager passes;
  if (Error error = builder.parsePassPipeline(passes, pipeline))
    return error;
  passes.run(module, analyses.modules);
  return Error::success();
}

Error appendPassCounts() {
  const char *named = getenv("W2N_PASS_COUNTS");
  const std::string path = passCounts.empty() && named ? named : passCounts.getValue();
  if (path.empty())
    return Error::success();
  std::error_code cannotWrite;
  raw_fd_ostream file(path, cannotWrite, sys::fs::OF_Append);
  if (cannotWrite)
    return createFileError(path, cannotWrite);
  // All at once, beside others.
  const std::string text = w2n::compiler::passCountsText();
  file.SetBufferSize(text.size());
  file << text;
  return Error::success();
}

} // namespace

int main(int argc, char **argv) {
  w2n::compiler::initializeLlvm();
  cl::ParseCommandLineOptions(argc, argv, "Runs passes on LLVM IR.\n");
  if (listPasses)
    return printPasses(), 0;
  LLVMContext context;
  SMDiagnostic diagnostic;
  std::unique_ptr<Module> module = parseIRFile(input, diagnostic, context);
  if (!module)
    return diagnostic.print(argv[0], errs()), 1;
  if (verifyModule(*module, &errs()))
    return fail(input + ": the input is invalid");
  std::string error;
  const auto machine = machineFor(*module, error);
  if (!error.empty())
    return fail(error);
  if (Error wrong = runPasses(*module, machine.get()))
    return fail(toString(std::move(wrong)));
  if (Error wrong = appendPassCounts())
    return fail(toString(std::move(wrong)));
  if (verifyModule(*module, &errs()))
    return fail("the passes left invalid code");
  std::error_code cannotWrite;
  ToolOutputFile file(output, cannotWrite, sys::fs::OF_Text);
  if (cannotWrite)
    return fail(output + ": " + cannotWrite.message());
  module->print(file.os(), nullptr);
  file.keep();
  return 0;
}
