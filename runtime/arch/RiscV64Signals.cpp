// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/arch/SignalRegisters.h"

namespace w2n::runtime {

SignalRegisters readRegisters(const ucontext_t &context) {
  const auto &registers = context.uc_mcontext.__gregs;
  return {.programCounter = registers[REG_PC],
          .stackPointer = registers[REG_SP],
          .framePointer = registers[REG_S0],
          .returnAddress = registers[REG_RA]};
}

void resumeAt(ucontext_t &context, const Resumption &resumption) {
  auto &registers = context.uc_mcontext.__gregs;
  registers[REG_PC] = resumption.function;
  registers[REG_A0] = resumption.argument;
  registers[REG_SP] = resumption.stackPointer;
}

} // namespace w2n::runtime
