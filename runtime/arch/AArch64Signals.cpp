// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/arch/SignalRegisters.h"

namespace w2n::runtime {

SignalRegisters readRegisters(const ucontext_t &context) {
  const mcontext_t &registers = context.uc_mcontext;
  return {.programCounter = registers.pc,
          .stackPointer = registers.sp,
          .framePointer = registers.regs[29],
          .returnAddress = registers.regs[30]};
}

void resumeAt(ucontext_t &context, const Resumption &resumption) {
  mcontext_t &registers = context.uc_mcontext;
  registers.pc = resumption.function;
  registers.regs[0] = resumption.argument;
  registers.sp = resumption.stackPointer;
}

} // namespace w2n::runtime
