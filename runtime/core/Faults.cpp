// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A fault is a trap if its instruction is compiled code, and if what it touched says which: the
// reservation of a memory, or the guard region of the thread's guest stack. Any other fault of
// compiled code means that it has left the sandbox, and ends the process. Everything here runs in a
// signal handler: no locks, no allocation.
#include "runtime/core/Faults.h"

#include "runtime/core/Activation.h"
#include "runtime/core/Interrupt.h"
#include "runtime/core/Module.h"
#include "runtime/core/RangeRegistry.h"
#include "runtime/core/SandboxViolation.h"
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

/// The trap that a fault of compiled code is for the guest; nothing if no guest may cause it.
std::optional<TrapKind> classify(const platform::Fault &fault) {
  switch (fault.kind) {
  case platform::FaultKind::Access:
    if (isGuardOfGuestStack(fault.address))
      return TrapKind::StackOverflow;
    if (memoryRanges().find(fault.address))
      return TrapKind::MemoryOutOfBounds;
    // Compiled code looks for null where a type allows it. A field of another type is null if the
    // guest was left before it was written, and is used afterwards.
    if (nullObjectRanges().find(fault.address))
      return TrapKind::NullReference;
    // call_ref reads the record of what it calls without looking whether there is one.
    if (fault.address < sizeof(artifact::FunctionReference))
      return TrapKind::NullFunctionReference;
    return std::nullopt;
  case platform::FaultKind::Arithmetic:
    return TrapKind::IntegerDivideByZero;
  case platform::FaultKind::IllegalInstruction:
    if (isTrapInstruction(reinterpret_cast<const void *>(fault.programCounter)))
      return TrapKind::IllegalInstruction;
    return std::nullopt;
  case platform::FaultKind::UnknownAccess:
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

/// The trap that a fault is, whose registers it notes; nothing if it is the host's.
std::optional<TrapKind> trapOf(const platform::Fault &fault, Activation *activation) {
  const auto *module = static_cast<const Module *>(codeRanges().find(fault.programCounter));
  if (!module) {
    // A crossing begins on the guest's stack, which may end there.
    const bool isOverflow = activation && fault.kind == platform::FaultKind::Access &&
                            isGuardOfGuestStack(fault.address) && isCrossing(fault.programCounter);
    if (!isOverflow)
      return std::nullopt;
    noteRegisters(fault, *activation);
    return TrapKind::StackOverflow;
  }
  if (activation)
    noteRegisters(fault, *activation);
  const std::optional<TrapKind> kind = classify(fault);
  if (!kind || !activation)
    endByViolation(fault, *module, activation);
  return kind;
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

bool handleFault(const platform::Fault &fault, Resumption &resumption) {
  Activation *activation = w2nCurrentActivation;
  if (fault.kind == platform::FaultKind::Interrupt) {
    if (!activation || !handleInterrupt(fault, *activation))
      return false;
  } else {
    const std::optional<TrapKind> kind = trapOf(fault, activation);
    if (!kind)
      return false;
    activation->trapKind = uint32_t(*kind);
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
  nullObjectRanges();
  platform::installFaultHandler(handleFault);
}

} // namespace w2n::runtime
