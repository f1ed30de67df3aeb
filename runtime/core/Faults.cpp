// A fault is a trap if its instruction is compiled code, and if what it touched says which: the
// reservation of a memory, or the guard region of the thread's guest stack. Everything here runs in
// a signal handler: no locks, no allocation.
#include "runtime/core/Faults.h"

#include "runtime/core/Activation.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/RangeRegistry.h"
#include "runtime/core/Thread.h"
#include "runtime/platform/Faults.h"

#include <optional>

namespace w2n::runtime {

namespace {

using artifact::TrapKind;

bool isGuardOfGuestStack(uintptr_t address) {
  const GuestStack *stack = currentGuestStack;
  return stack && address >= stack->guardBegin && address < stack->limit;
}

std::optional<TrapKind> classify(const platform::Fault &fault) {
  const bool isOverflow =
      fault.kind == platform::FaultKind::Access && isGuardOfGuestStack(fault.address);
  if (isOverflow && isCrossing(fault.programCounter))
    return TrapKind::StackOverflow;
  if (!codeRanges().find(fault.programCounter))
    return std::nullopt;
  switch (fault.kind) {
  case platform::FaultKind::Access:
    if (isOverflow)
      return TrapKind::StackOverflow;
    if (memoryRanges().find(fault.address))
      return TrapKind::MemoryOutOfBounds;
    // call_ref reads the record of what it calls without looking whether there is one.
    if (fault.address < sizeof(artifact::FunctionReference))
      return TrapKind::NullFunctionReference;
    return std::nullopt;
  case platform::FaultKind::Arithmetic:
    return TrapKind::IntegerDivideByZero;
  case platform::FaultKind::IllegalInstruction:
    return TrapKind::IllegalInstruction;
  case platform::FaultKind::Interrupt:
    return std::nullopt;
  }
  return std::nullopt;
}

void noteRegisters(const platform::Fault &fault, Activation &activation) {
  activation.afterCall = 0;
  activation.trapProgramCounter = fault.programCounter;
  activation.trapStackPointer = fault.stackPointer;
  activation.trapFramePointer = fault.framePointer;
  activation.trapReturnAddress = fault.returnAddress;
}

/// Leaves the guest if the thread is in it, or on its way to it; in the host, the crossing back
/// will look.
bool handleInterrupt(const platform::Fault &signal, Activation &activation) {
  if (!isInterrupted())
    return false;
  const auto *programCounter = reinterpret_cast<const char *>(signal.programCounter);
  if (programCounter >= w2nToGuestBegin && programCounter < w2nToGuestEnd) {
    noteInterrupt(activation, /*atHandler=*/programCounter >= w2nToHandlerBegin);
    return true;
  }
  if (!codeRanges().find(signal.programCounter))
    return false;
  activation.trapKind = pendingInterrupt();
  noteRegisters(signal, activation);
  return true;
}

bool handleFault(const platform::Fault &fault, platform::Resumption &resumption) {
  Activation *activation = w2nCurrentActivation;
  if (!activation)
    return false;
  if (fault.kind == platform::FaultKind::Interrupt) {
    if (!handleInterrupt(fault, *activation))
      return false;
  } else {
    const std::optional<TrapKind> kind = classify(fault);
    if (!kind)
      return false;
    activation->trapKind = uint32_t(*kind);
    noteRegisters(fault, *activation);
  }
  resumption.function = reinterpret_cast<uintptr_t>(&w2nLeaveGuest);
  resumption.argument = reinterpret_cast<uintptr_t>(activation);
  resumption.stackPointer = activation->hostStackPointer;
  return true;
}

} // namespace

bool isCrossing(uintptr_t programCounter) {
  return programCounter >= reinterpret_cast<uintptr_t>(w2nCrossingBegin) &&
         programCounter < reinterpret_cast<uintptr_t>(w2nCrossingEnd);
}

void installFaultHandlers() {
  // Made before the first handler can run: a handler must not be what constructs them.
  codeRanges();
  memoryRanges();
  platform::installFaultHandler(handleFault);
}

} // namespace w2n::runtime
