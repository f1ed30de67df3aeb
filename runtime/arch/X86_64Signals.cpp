// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/arch/SignalRegisters.h"

namespace w2n::runtime {

SignalRegisters readRegisters(const ucontext_t &context) {
  const greg_t *registers = context.uc_mcontext.gregs;
  return {.programCounter = uintptr_t(registers[REG_RIP]),
          .stackPointer = uintptr_t(registers[REG_RSP]),
          .framePointer = uintptr_t(registers[REG_RBP]),
          .returnAddress = 0};
}

void resumeAt(ucontext_t &context, const Resumption &resumption) {
  greg_t *registers = context.uc_mcontext.gregs;
  registers[REG_RIP] = greg_t(resumption.function);
  registers[REG_RDI] = greg_t(resumption.argument);
  registers[REG_RSP] = greg_t(resumption.stackPointer);
  // The ABI wants the direction flag clear (System V ABI, "Registers and the Stack Frame").
  constexpr greg_t directionFlag = 0x400;
  registers[REG_EFL] &= ~directionFlag;
}

} // namespace w2n::runtime
