// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/driver/ScanModule.h"

#include "compiler/codegen/Partition.h"
#include "lib/wasm/Instruction.h"

#include <llvm/TargetParser/Triple.h>

namespace w2n::compiler {

namespace {

using wasm::Immediates;
using wasm::Opcode;
using wasm::OpcodeClass;

struct SlowOperation {
  Opcode opcode;
  const char *feature, *processor;
};

constexpr SlowOperation slowOperations[] = {
#define W2N_SLOW(opcode, feature, processor) {Opcode::opcode, feature, processor},
#include "compiler/driver/SlowOperations.def"
};

/// For each opcode what the report says of it, empty if there is nothing to say.
std::vector<std::string> slowOpcodes(std::span<const TargetChoice> slices) {
  std::vector<std::string> details;
  for (const TargetChoice &choice : slices) {
    if (!llvm::Triple(choice.triple).isX86_64())
      continue;
    const auto features = describeProcessor(*choice.info, choice.processor);
    for (const SlowOperation &row : slowOperations) {
      if (features->checkFeatures(std::string("+") + row.feature))
        continue;
      details.resize(std::max(details.size(), size_t(row.opcode) + 1));
      // The first slice that lacks it is named.
      if (details[size_t(row.opcode)].empty())
        details[size_t(row.opcode)] = std::string(wasm::infoOf(row.opcode).text) + ", for " +
                                      choice.processor.name + " (--mcpu=" + row.processor +
                                      " has one)";
    }
  }
  return details;
}

bool isAccess(Immediates immediates) {
  return immediates == Immediates::Memarg || immediates == Immediates::MemargLane ||
         immediates == Immediates::AtomicMemarg;
}

/// One function.
class BodyScan {
public:
  BodyScan(const ModulePlan &plan, uint32_t function, const std::vector<std::string> &slow,
           CodeReport &report)
      : plan(plan), wasm(plan.wasm), slow(slow), report(report),
        code(plan.wasm.functions[function].code), name(plan.displayNames[function]) {}

  void run() {
    if (code.size() >= hugeFunctionBytes && plan.options.level > OptimizationLevel::O1)
      add(Cause::FewerPasses);
    blocks.push_back({});
    for (const wasm::Instruction &instruction : wasm::Instructions(code)) {
      look(instruction);
      nest(wasm::classOf(instruction.opcode));
    }
  }

private:
  struct Block {
    bool isLoop = false, hasLoop = false, hasCall = false, hasGrow = false;
  };

  void add(Cause cause, const std::string &detail = "") { report.add(cause, detail, name); }
  void look(const wasm::Instruction &instruction);
  void lookAtAccess(uint32_t memory);
  void nest(OpcodeClass opcodeClass);
  void leave();

  const ModulePlan &plan;
  const wasm::Module &wasm;
  const std::vector<std::string> &slow;
  CodeReport &report;
  const wasm::Bytes code;
  const std::string &name;
  std::vector<Block> blocks;
};

void BodyScan::look(const wasm::Instruction &instruction) {
  const size_t opcode = size_t(instruction.opcode);
  if (opcode < slow.size() && !slow[opcode].empty())
    add(Cause::SlowOperation, slow[opcode]);
  if (isAccess(wasm::infoOf(instruction.opcode).immediates))
    lookAtAccess(instruction.index);
  if (instruction.opcode == Opcode::CallIndirect && !plan.closedTables[instruction.index2])
    add(Cause::OpenTable, "table " + std::to_string(instruction.index2));
}

void BodyScan::lookAtAccess(uint32_t memory) {
  const wasm::MemoryType &type = wasm.memories[memory].type;
  if (!type.hasGuardPages())
    add(Cause::ExplicitBounds, "its pages are smaller than 64 KiB");
  else if (plan.options.boundsChecks == BoundsChecks::Explicit)
    add(Cause::ExplicitBounds, "--bounds-checks=explicit");
  else if (type.limits.is64)
    add(Cause::Memory64);
  else
    return;
  if (type.limits.shared)
    add(Cause::SharedMemory);
}

void BodyScan::nest(OpcodeClass opcodeClass) {
  if (wasm::beginsBlock(opcodeClass)) {
    blocks.push_back({.isLoop = opcodeClass == OpcodeClass::Loop});
    return;
  }
  Block &block = blocks.back();
  block.hasCall |= opcodeClass == OpcodeClass::Call;
  block.hasGrow |= opcodeClass == OpcodeClass::MemoryGrow;
  if (opcodeClass == OpcodeClass::End)
    leave();
}

/// Calls and growth in a block are in those around it too, but those in a loop only in the loop.
void BodyScan::leave() {
  const Block block = blocks.back();
  blocks.pop_back();
  if (block.isLoop && !block.hasLoop && block.hasCall)
    add(Cause::CallInLoop);
  if (block.isLoop && !block.hasLoop && block.hasGrow)
    add(Cause::GrowInLoop);
  if (blocks.empty())
    return;
  blocks.back().hasLoop |= block.isLoop || block.hasLoop;
  if (!block.isLoop) {
    blocks.back().hasCall |= block.hasCall;
    blocks.back().hasGrow |= block.hasGrow;
  }
}

} // namespace

void scanModule(const ModulePlan &plan, std::span<const TargetChoice> slices, CodeReport &report) {
  const CompileOptions &options = plan.options;
  const std::pair<bool, Cause> wholeModule[] = {{options.strictTrapState, Cause::StrictTrapState},
                                                {options.meter == Meter::Fuel, Cause::Fuel},
                                                {options.generatesProfile, Cause::Counting},
                                                {options.deterministic, Cause::Deterministic}};
  for (const auto &[isSo, cause] : wholeModule)
    if (isSo)
      report.add(cause, "", "");
  const std::vector<std::string> slow = slowOpcodes(slices);
  for (uint32_t f = plan.wasm.importedFunctions; f < plan.wasm.functions.size(); ++f)
    BodyScan(plan, f, slow, report).run();
}

} // namespace w2n::compiler
