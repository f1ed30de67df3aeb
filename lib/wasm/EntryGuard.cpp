// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/EntryGuard.h"

#include "lib/wasm/Instruction.h"

namespace w2n::wasm {

namespace {

bool isConstant(Opcode opcode) {
  return opcode == Opcode::I32Const || opcode == Opcode::I64Const || opcode == Opcode::F32Const ||
         opcode == Opcode::F64Const;
}

// The rows of Opcodes.def are in the order of their codes.
bool isStore(Opcode opcode) { return opcode >= Opcode::I32Store && opcode <= Opcode::I64Store32; }

uint32_t bytesOf(Opcode opcode) { return 1u << infoOf(opcode).alignLog2; }

bool isCall(Opcode opcode) {
  return opcode == Opcode::Call || opcode == Opcode::CallIndirect || opcode == Opcode::CallRef ||
         isTailCall(opcode);
}

} // namespace

std::vector<ConstantStore> storesBeforeFirstCall(const Module &module, uint32_t functionIndex) {
  const Function &function = module.functions[functionIndex];
  std::vector<ConstantStore> stores;
  ByteReader reader(function.code, function.codeOffset);
  Instruction instruction;
  // What the two instructions before have pushed, if they are constants.
  std::optional<uint64_t> address, value;
  while (!reader.atEnd() && decodeInstruction(reader, instruction)) {
    if (isCall(instruction.opcode))
      break;
    if (isStore(instruction.opcode) && address && value) {
      const bool is64 = module.memories[instruction.index].type.limits.is64;
      const uint64_t index = is64 ? *address : uint32_t(*address);
      stores.push_back(
          {instruction.index, index + instruction.memoryOffset, bytesOf(instruction.opcode)});
    }
    address = value;
    value.reset();
    if (isConstant(instruction.opcode))
      value = instruction.bits;
  }
  return stores;
}

} // namespace w2n::wasm
