// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wasm/EntryGuard.h"

#include "lib/wasm/Instruction.h"

namespace w2n::wasm {

namespace {

uint32_t bytesOf(Opcode opcode) { return 1u << infoOf(opcode).alignLog2; }

} // namespace

std::vector<ConstantStore> storesBeforeFirstCall(const Module &module, uint32_t functionIndex) {
  const Function &function = module.functions[functionIndex];
  std::vector<ConstantStore> stores;
  // Constants that the two instructions before have pushed, if they are constants.
  std::optional<uint64_t> address, value;
  for (const Instruction &instruction : Instructions(function.code)) {
    const OpcodeClass opcodeClass = classOf(instruction.opcode);
    if (opcodeClass == OpcodeClass::Call || opcodeClass == OpcodeClass::TailCall)
      break;
    if (opcodeClass == OpcodeClass::Store && address && value) {
      const bool is64 = module.memories[instruction.index].type.limits.is64;
      const uint64_t index = is64 ? *address : uint32_t(*address);
      stores.push_back(
          {instruction.index, index + instruction.memoryOffset, bytesOf(instruction.opcode)});
    }
    address = value;
    value.reset();
    if (opcodeClass == OpcodeClass::Constant)
      value = instruction.bits;
  }
  return stores;
}

} // namespace w2n::wasm
