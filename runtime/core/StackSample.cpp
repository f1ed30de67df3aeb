// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/core/StackSample.h"

#include "runtime/arch/SignalRegisters.h"
#include "runtime/core/Backtrace.h"
#include "runtime/core/RangeRegistry.h"

namespace w2n::runtime {

namespace {

/// Sets the registers of `activation`, a copy of one that is in use, to where it was left. False if
/// it is about to begin.
bool noteWhereLeft(Activation &activation) {
  if (activation.guestStackPointer == activation.guestStackTop)
    return false;
  noteCrossing(activation);
  return true;
}

void noteInterrupted(const SignalRegisters &registers, Activation &activation) {
  activation.afterCall = 0;
  activation.trapProgramCounter = registers.programCounter;
  activation.trapStackPointer = registers.stackPointer;
  activation.trapFramePointer = registers.framePointer;
  activation.trapReturnAddress = registers.returnAddress;
}

} // namespace

StackSample sampleStack(const void *signalContext, std::span<uintptr_t> out) {
  const SignalRegisters registers = readRegisters(*static_cast<const ucontext_t *>(signalContext));
  const Activation *innermost = w2nCurrentActivation;
  StackSample sample = {.hasGuest = innermost != nullptr,
                        .runsGuest = innermost && codeRanges().find(registers.programCounter),
                        .frames = 0};
  for (const Activation *each = innermost; each; each = each->previous) {
    Activation activation = *each;
    if (each == innermost && sample.runsGuest)
      noteInterrupted(registers, activation);
    else if (!noteWhereLeft(activation))
      continue;
    sample.frames += storeFrames(activation, out.subspan(sample.frames));
  }
  return sample;
}

} // namespace w2n::runtime
