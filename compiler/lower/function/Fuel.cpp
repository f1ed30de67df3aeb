// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// --meter=fuel: every instruction is paid for before it runs, from a count in the instance context.
//
// A run of instructions that are executed one after the other, if none of them traps, is paid for
// as a whole before its first one: so what is left depends on the wasm alone, not on target,
// optimization or how bounds are checked. Runs end where control may go elsewhere or come from
// elsewhere, and at calls. An instruction costs 1, those that only give structure nothing, and
// those that work on a length pay for it when it is known. What cannot be paid for does not run,
// and nothing of it is taken.

#include "compiler/lower/function/BodyLowering.h"

namespace w2n::compiler {

using artifact::InstanceContext;
using wasm::Opcode;

namespace {

enum class Metering : uint8_t {
  Plain,    ///< costs 1
  Free,     ///< gives structure to others
  Ends,     ///< costs 1, and ends a run
  FreeEnds, ///< costs nothing, and ends a run
};

struct Row {
  Opcode opcode;
  Metering metering;
};

/// All others are Plain.
constexpr Row rows[] = {
    {Opcode::Nop, Metering::Free},
    {Opcode::Drop, Metering::Free},
    {Opcode::Block, Metering::Free},
    {Opcode::TryTable, Metering::Free},
    {Opcode::Try, Metering::Free},
    {Opcode::Loop, Metering::FreeEnds},
    {Opcode::Else, Metering::FreeEnds},
    {Opcode::End, Metering::FreeEnds},
    {Opcode::Catch, Metering::FreeEnds},
    {Opcode::CatchAll, Metering::FreeEnds},
    {Opcode::Delegate, Metering::FreeEnds},
    {Opcode::Return, Metering::FreeEnds},
    {Opcode::Unreachable, Metering::FreeEnds},
    {Opcode::If, Metering::Ends},
    {Opcode::Br, Metering::Ends},
    {Opcode::BrIf, Metering::Ends},
    {Opcode::BrTable, Metering::Ends},
    {Opcode::BrOnNull, Metering::Ends},
    {Opcode::BrOnNonNull, Metering::Ends},
    {Opcode::BrOnCast, Metering::Ends},
    {Opcode::BrOnCastFail, Metering::Ends},
    {Opcode::Call, Metering::Ends},
    {Opcode::CallIndirect, Metering::Ends},
    {Opcode::CallRef, Metering::Ends},
    {Opcode::ReturnCall, Metering::Ends},
    {Opcode::ReturnCallIndirect, Metering::Ends},
    {Opcode::ReturnCallRef, Metering::Ends},
    {Opcode::Throw, Metering::Ends},
    {Opcode::ThrowRef, Metering::Ends},
    {Opcode::Rethrow, Metering::Ends},
};

Metering meteringOf(Opcode opcode) {
  for (const Row &row : rows)
    if (row.opcode == opcode)
      return row.metering;
  return Metering::Plain;
}

/// log2 of how many bytes, elements or pages of its top operand an instruction gets for 1; nothing
/// for those without a length.
std::optional<unsigned> lengthShift(Opcode opcode) {
  constexpr unsigned bytes = 6, elements = 3, pages = 0;
  switch (opcode) {
  case Opcode::MemoryFill:
  case Opcode::MemoryCopy:
  case Opcode::MemoryInit:
    return bytes;
  case Opcode::TableFill:
  case Opcode::TableCopy:
  case Opcode::TableInit:
  case Opcode::TableGrow:
  case Opcode::ArrayNew:
  case Opcode::ArrayNewDefault:
  case Opcode::ArrayNewData:
  case Opcode::ArrayNewElem:
  case Opcode::ArrayFill:
  case Opcode::ArrayCopy:
  case Opcode::ArrayInitData:
  case Opcode::ArrayInitElem:
    return elements;
  case Opcode::MemoryGrow:
    return pages;
  default: // The others do the same whatever their operands are.
    return std::nullopt;
  }
}

} // namespace

void BodyLowering::beforeInstruction(const Instruction &instruction) {
  const Metering metering = meteringOf(instruction.opcode);
  if (metering == Metering::Free || metering == Metering::FreeEnds)
    return;
  if (!charge.compare)
    charge = emitCharge(builder.getInt64(0));
  ++charge.cost;
  if (auto shift = lengthShift(instruction.opcode))
    emitCharge(builder.CreateLShr(zeroExtend(valueOf(stack.back())), *shift));
}

void BodyLowering::afterInstruction(const Instruction &instruction) {
  const Metering metering = meteringOf(instruction.opcode);
  if (metering == Metering::Ends || metering == Metering::FreeEnds)
    endCharge();
}

// The amount is a variable until the run ends. Both instructions are made by hand, or the builder
// might fold them.
BodyLowering::Charge BodyLowering::emitCharge(llvm::Value *amount) {
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

void BodyLowering::endCharge() {
  if (!charge.compare)
    return;
  llvm::Value *cost = builder.getInt64(charge.cost);
  charge.compare->setOperand(1, cost);
  charge.subtract->setOperand(1, cost);
  charge = {};
}

} // namespace w2n::compiler
