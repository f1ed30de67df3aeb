// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// --meter=fuel: every instruction is paid for before it runs, from a count in the instance context.
//
// A run of instructions that are executed one after the other, if none of them traps, is paid for
// as a whole before its first one: so what is left depends on the wasm alone, not on target,
// optimization or how bounds are checked. Runs end where control may go elsewhere or come from
// elsewhere, and at calls. An instruction costs 1, those that only give structure nothing, and
// those that work on a length pay for it when it is known. What cannot be paid for does not run,
// and nothing of it is taken.

#include "compiler/lower/function/FuelMetering.h"

namespace w2n::compiler {

using artifact::InstanceContext;
using wasm::OpcodeClass;

namespace {

struct Metering {
  bool isFree;  ///< gives structure to others
  bool endsRun; ///< control may go elsewhere behind it, or come from elsewhere
};

Metering meteringOf(OpcodeClass opcodeClass) {
  switch (opcodeClass) {
  case OpcodeClass::Plain:
  case OpcodeClass::Constant:
  case OpcodeClass::Store:
  case OpcodeClass::TableWrite:
  case OpcodeClass::TableBulk:
  case OpcodeClass::ArrayBulk:
  case OpcodeClass::MemoryBulk:
  case OpcodeClass::MemoryGrow:
    return {.isFree = false, .endsRun = false};
  case OpcodeClass::Nothing:
  case OpcodeClass::Block:
  case OpcodeClass::Try:
    return {.isFree = true, .endsRun = false};
  case OpcodeClass::Loop:
  case OpcodeClass::Clause:
  case OpcodeClass::End:
  case OpcodeClass::Return:
  case OpcodeClass::Unreachable:
    return {.isFree = true, .endsRun = true};
  case OpcodeClass::If:
  case OpcodeClass::Branch:
  case OpcodeClass::Call:
  case OpcodeClass::TailCall:
  case OpcodeClass::Throw:
    return {.isFree = false, .endsRun = true};
  }
  llvm_unreachable("no class");
}

/// log2 of how many bytes, elements or pages of its top operand an instruction gets for 1; nothing
/// for those without a length.
std::optional<unsigned> lengthShift(OpcodeClass opcodeClass) {
  constexpr unsigned bytes = 6, elements = 3, pages = 0;
  switch (opcodeClass) {
  case OpcodeClass::MemoryBulk:
    return bytes;
  case OpcodeClass::TableBulk:
  case OpcodeClass::ArrayBulk:
    return elements;
  case OpcodeClass::MemoryGrow:
    return pages;
  default: // The others do the same whatever their operands are.
    return std::nullopt;
  }
}

} // namespace

void FuelMetering::beforeInstruction(const Instruction &instruction) {
  const OpcodeClass opcodeClass = wasm::classOf(instruction.opcode);
  if (meteringOf(opcodeClass).isFree)
    return;
  if (!charge.compare)
    charge = emitCharge(builder.getInt64(0));
  ++charge.cost;
  if (auto shift = lengthShift(opcodeClass))
    emitCharge(builder.CreateLShr(zeroExtend(valueOf(stack.back())), *shift));
}

void FuelMetering::afterInstruction(const Instruction &instruction) {
  if (meteringOf(wasm::classOf(instruction.opcode)).endsRun)
    endCharge();
}

// The amount is a variable until the run ends. Both instructions are made by hand, or the builder
// might fold them.
FuelMetering::Charge FuelMetering::emitCharge(llvm::Value *amount) {
  llvm::Value *address = module.at(builder, instanceContext, offsetof(InstanceContext, fuel));
  llvm::Value *fuel = module.load(builder, module.i64, address, AliasClass::Fuel);
  Charge made;
  made.compare = new llvm::ICmpInst(llvm::CmpInst::ICMP_ULT, fuel, amount);
  builder.Insert(made.compare);
  trapIf(made.compare, artifact::TrapKind::OutOfFuel);
  made.subtract = llvm::BinaryOperator::CreateSub(fuel, amount);
  builder.Insert(made.subtract);
  module.store(builder, made.subtract, address, AliasClass::Fuel);
  return made;
}

void FuelMetering::endCharge() {
  if (!charge.compare)
    return;
  llvm::Value *cost = builder.getInt64(charge.cost);
  charge.compare->setOperand(1, cost);
  charge.subtract->setOperand(1, cost);
  charge = {};
}

} // namespace w2n::compiler
