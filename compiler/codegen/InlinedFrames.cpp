// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/codegen/InlinedFrames.h"

#include "lib/artifact/Format.h"

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/CodeGen/AsmPrinter.h>
#include <llvm/CodeGen/AsmPrinterHandler.h>
#include <llvm/CodeGen/MachineFunction.h>
#include <llvm/CodeGen/MachineMemOperand.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCSectionELF.h>
#include <llvm/MC/MCStreamer.h>

namespace w2n::compiler {

using namespace llvm;

namespace {

using Subprograms = DenseMap<const DISubprogram *, uint32_t>;

/// The functions whose code `location` is, innermost first, without the one that has it now.
SmallVector<uint32_t, 4> inlinedFunctions(const DILocation *location,
                                          const Subprograms &subprograms) {
  SmallVector<uint32_t, 4> functions;
  for (; location && location->getInlinedAt(); location = location->getInlinedAt())
    if (const auto found = subprograms.find(location->getScope()->getSubprogram());
        found != subprograms.end())
      functions.push_back(found->second);
  return functions;
}

/// Whether a trap or a return address can be at `instruction`: of others nobody asks whose they
/// are, but for interrupts, for which the one before is near enough.
bool canBeInBacktrace(const MachineInstr &instruction) {
  if (instruction.isCall())
    return true;
  const bool isInFrame = !instruction.memoperands_empty() &&
                         all_of(instruction.memoperands(), [](const MachineMemOperand *operand) {
                           return operand->getPseudoValue() != nullptr;
                         });
  return instruction.mayLoadOrStore() && !isInFrame;
}

class InlinedFrames : public AsmPrinterHandler {
public:
  InlinedFrames(AsmPrinter &printer, const Subprograms &subprograms)
      : printer(printer), subprograms(subprograms) {}

  void beginFunction(const MachineFunction *) override { current.clear(); }
  void beginInstruction(const MachineInstr *instruction) override;
  // Code behind a function belongs to another.
  void markFunctionEnd() override { enter({}); }
  void endFunction(const MachineFunction *) override {}
  void endModule() override;

private:
  struct Range {
    MCSymbol *begin;
    SmallVector<uint32_t, 4> functions;
  };
  void enter(SmallVector<uint32_t, 4> functions);

  AsmPrinter &printer;
  const Subprograms &subprograms;
  SmallVector<uint32_t, 4> current;
  std::vector<Range> ranges;
};

void InlinedFrames::enter(SmallVector<uint32_t, 4> functions) {
  if (functions == current)
    return;
  current = std::move(functions);
  MCSymbol *begin = printer.OutContext.createTempSymbol();
  printer.OutStreamer->emitLabel(begin);
  ranges.push_back({begin, current});
}

void InlinedFrames::beginInstruction(const MachineInstr *instruction) {
  if (canBeInBacktrace(*instruction))
    enter(inlinedFunctions(instruction->getDebugLoc().get(), subprograms));
}

void InlinedFrames::endModule() {
  if (ranges.empty())
    return;
  MCContext &context = printer.OutContext;
  MCStreamer &streamer = *printer.OutStreamer;
  streamer.switchSection(
      context.getELFSection(artifact::inlinedSection, ELF::SHT_PROGBITS, ELF::SHF_ALLOC));
  streamer.emitValueToAlignment(Align(4));
  for (const Range &range : ranges) {
    MCSymbol *here = context.createTempSymbol();
    streamer.emitLabel(here);
    printer.emitLabelDifference(range.begin, here, 4);
    streamer.emitInt32(uint32_t(range.functions.size()));
    for (uint32_t function : range.functions)
      streamer.emitInt32(function);
  }
}

} // namespace

std::unique_ptr<AsmPrinterHandler> createInlinedFrames(AsmPrinter &printer,
                                                       const Subprograms &functions) {
  return std::make_unique<InlinedFrames>(printer, functions);
}

} // namespace w2n::compiler
