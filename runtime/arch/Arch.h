// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The functions that each processor's file has to provide: crossing between host and compiled code,
// its register numbers. Features.h is about what it can do.
//
// Compiled code runs on a stack of its own (Thread.h); the host keeps the thread's. Both directions
// of every crossing switch stacks, so host code never depends on how deep the guest is, and a guest
// that runs out of stack always finds the guard region below its own.
#pragma once

#include "lib/artifact/Abi.h"
#include "lib/support/Error.h"
#include "runtime/arch/CrossingLayout.h"

#include <atomic>

namespace w2n::runtime {

inline constexpr unsigned savedRegisterCount = W2N_SAVED_REGISTER_COUNT;

/// One stay in compiled code, from the host's call to its return: lives on the host's stack. The
/// assembly of each processor knows the first fields by their offsets.
struct Activation {
  /// The place where the host's stack continues while the host is called back; also holds what
  /// leaving restores.
  uintptr_t hostStackPointer;
  /// The place where the guest's stack begins for this activation; where it was left while the host
  /// is called back.
  uintptr_t guestStackPointer;
  /// The trap that ended the activation, if leaveGuest was used.
  uint32_t trapKind;
  /// 1 if trapProgramCounter is the address after a call, 0 if it is the faulting instruction.
  uint32_t afterCall;
  /// Registers of the guest when it trapped: where a backtrace starts.
  uintptr_t trapProgramCounter, trapStackPointer, trapFramePointer;
  /// The return-address register, on processors that have one, if afterCall is 0.
  uintptr_t trapReturnAddress;

  /// The activation below this one on the thread, or null.
  Activation *previous;
  /// Top of the guest's stack for this activation.
  uintptr_t guestStackTop;
  /// Number of activations below.
  uint32_t depth;
  /// 1 for that of DirectCalls, which is left to the caller of w2n_direct_integer or
  /// w2n_direct_float.
  uint32_t isDirect;
  /// The error that a host function returned, to be handed to the host that entered; owned.
  Error *hostError;
  /// The contents of those registers where the guest called the host, or made an exception:
  /// references to exceptions may be in them.
  uintptr_t savedRegisters[savedRegisterCount];
};

/// A function as w2n_direct has it.
struct DirectFunction {
  artifact::EntryThunk entry;
  artifact::InstanceContext *context;
  const void *code;
  /// The stack that a call needs no preparation on, or null: the instance's, which changes.
  struct DirectCalls *const *stack;
};

/// The part of a guest's stack that calls in registers know. The assembly enters the guest by
/// itself if the thread is in no other guest, and if the instance has run on the thread's stack
/// before; w2nEnterGuest is for all others.
struct DirectCalls {
  /// Whether guests run on the stack (GuestStack.h).
  std::atomic<uint32_t> isBusy = 0;
  /// Set by other threads. A word: RISC-V has no instruction that exchanges a byte.
  std::atomic<uint32_t> isToBeCleared = 0;
  /// Whether guests have run on it since it was cleared.
  uint32_t isUsed = 0;
  /// The context of the instance that was called last.
  artifact::InstanceContext *context = nullptr;
  /// The outermost one of the stack, if its call is in registers. What does not change from call to
  /// call is set once.
  Activation activation = {};
};

/// The place where an exception is thrown: the registers after the call that threw it, which the
/// runtime replaces by those of the landing pad.
struct ThrowPoint {
  uintptr_t saved[savedRegisterCount];
  uintptr_t framePointer;
  uintptr_t programCounter;
  uintptr_t stackPointer;
};

static_assert(offsetof(Activation, hostStackPointer) == W2N_HOST_STACK_POINTER);
static_assert(offsetof(Activation, guestStackPointer) == W2N_GUEST_STACK_POINTER);
static_assert(offsetof(Activation, trapKind) == W2N_TRAP_KIND);
static_assert(offsetof(Activation, afterCall) == W2N_AFTER_CALL);
static_assert(offsetof(Activation, trapProgramCounter) == W2N_TRAP_PROGRAM_COUNTER);
static_assert(offsetof(Activation, trapStackPointer) == W2N_TRAP_STACK_POINTER);
static_assert(offsetof(Activation, trapFramePointer) == W2N_TRAP_FRAME_POINTER);
static_assert(offsetof(Activation, savedRegisters) == W2N_SAVED_REGISTERS);
static_assert(offsetof(Activation, guestStackTop) == W2N_GUEST_STACK_TOP);
static_assert(offsetof(Activation, isDirect) == W2N_IS_DIRECT);
static_assert(offsetof(DirectFunction, context) == W2N_FUNCTION_CONTEXT);
static_assert(offsetof(DirectFunction, code) == W2N_FUNCTION_CODE);
static_assert(offsetof(DirectFunction, stack) == W2N_FUNCTION_STACK);
static_assert(offsetof(DirectCalls, isBusy) == W2N_IS_BUSY);
static_assert(offsetof(DirectCalls, isToBeCleared) == W2N_IS_TO_BE_CLEARED);
static_assert(offsetof(DirectCalls, isUsed) == W2N_IS_USED);
static_assert(offsetof(DirectCalls, context) == W2N_DIRECT_CONTEXT);
static_assert(offsetof(DirectCalls, activation) == W2N_DIRECT_ACTIVATION);
static_assert(offsetof(ThrowPoint, framePointer) == W2N_THROW_FRAME_POINTER);
static_assert(offsetof(ThrowPoint, programCounter) == W2N_THROW_PROGRAM_COUNTER);
static_assert(offsetof(ThrowPoint, stackPointer) == W2N_THROW_STACK_POINTER);

extern "C" {

/// The activation that the thread is in, or null: read by the assembly and by the signal handler.
extern constinit thread_local Activation *w2nCurrentActivation
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/// The TrapKind with which the guests of the thread are to end, or 0: set by other threads
/// (Interrupt.h), read by the assembly and by the signal handler.
extern constinit thread_local uint32_t w2nInterruptPending
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/// Calls thunk(context, code, slots) on the guest's stack. 0 if it returned, 1 if it was left
/// through w2nLeaveGuest.
uint32_t w2nEnterGuest(Activation *activation, artifact::EntryThunk thunk,
                       artifact::InstanceContext *context, const void *code, uint64_t *slots);

/// Goes on with a guest that another activation was left with: makes the call of `self` again that
/// it was in, from the place and with the registers that `activation` has of that crossing. Returns
/// as w2nEnterGuest, if the guest was entered through fixedStub and its way back is setReturn's.
uint32_t w2nResumeGuest(Activation *activation, artifact::HostFunction *self, uint64_t *slots);

/// Not a function: where a guest that was resumed returns to.
void w2nResumedReturned();

/// Calls a DirectFunction with the parameters that follow in registers (runtime.h). They end in
/// w2nDirectLeft (Activation.cpp) if the guest was left, and ask w2nDirectCleared to clear the
/// stack if another thread wants that.
void w2n_direct_integer();
void w2n_direct_float();

/// Not a function: where a signal handler resumes, with the activation as its argument and the
/// host's stack pointer.
void w2nLeaveGuest();

// The entries that compiled code calls (HostFunction::invoke and RuntimeServices): each switches to
// the host's stack and calls the function of the same name without "Entry" (Services.cpp); where
// that reports a trap, it leaves the activation.
void w2nInvokeHostEntry(artifact::HostFunction *self, uint64_t *slots);
[[noreturn]] void w2nTrapEntry(artifact::InstanceContext *context, uint32_t kind);
uint64_t w2nMemoryGrowEntry(artifact::InstanceContext *, uint32_t, uint64_t);
void w2nMemoryCopyEntry(artifact::InstanceContext *, uint32_t, uint32_t, uint64_t, uint64_t,
                        uint64_t);
void w2nMemoryFillEntry(artifact::InstanceContext *, uint32_t, uint64_t, uint32_t, uint64_t);
void w2nMemoryInitEntry(artifact::InstanceContext *, uint32_t, uint32_t, uint64_t, uint64_t,
                        uint64_t);
void w2nDataDropEntry(artifact::InstanceContext *, uint32_t);
uint64_t w2nTableGrowEntry(artifact::InstanceContext *, uint32_t, uint64_t, uint64_t);
void w2nTableFillEntry(artifact::InstanceContext *, uint32_t, uint64_t, uint64_t, uint64_t);
void w2nTableCopyEntry(artifact::InstanceContext *, uint32_t, uint32_t, uint64_t, uint64_t,
                       uint64_t);
void w2nTableInitEntry(artifact::InstanceContext *, uint32_t, uint32_t, uint64_t, uint64_t,
                       uint64_t);
void w2nElementDropEntry(artifact::InstanceContext *, uint32_t);
void w2nElementSetEntry(artifact::InstanceContext *, uint32_t, uint32_t, uint64_t);
// These (AtomicServices.cpp) return a number to the guest, or a negative one to leave it.
uint32_t w2nMemoryWait32Entry(artifact::InstanceContext *, uint32_t, uint64_t, uint64_t, int64_t);
uint32_t w2nMemoryWait64Entry(artifact::InstanceContext *, uint32_t, uint64_t, uint64_t, int64_t);
uint32_t w2nMemoryNotifyEntry(artifact::InstanceContext *, uint32_t, uint64_t, uint32_t);
uint64_t w2nIsSubtypeEntry(artifact::InstanceContext *, uint32_t, uint32_t);
artifact::Exception *w2nExceptionMakeEntry(artifact::InstanceContext *, const artifact::TagRecord *,
                                           uint32_t);
// These (HeapServices.cpp, ArrayServices.cpp) return a reference, or 0 to leave the guest.
uint64_t w2nAllocateObjectEntry(artifact::InstanceContext *, uint32_t, uint32_t);
uint64_t w2nAllocateExternBoxEntry(artifact::InstanceContext *, uint64_t);
uint64_t w2nArrayNewDataEntry(artifact::InstanceContext *, uint32_t, uint64_t, uint32_t, uint32_t);
uint64_t w2nArrayNewElementEntry(artifact::InstanceContext *, uint32_t, uint64_t, uint32_t,
                                 uint32_t);
void w2nArrayCopyEntry(artifact::InstanceContext *, uint32_t, uint32_t, uint32_t, uint32_t,
                       uint32_t);
void w2nArrayFillEntry(artifact::InstanceContext *, uint32_t, uint32_t, uint32_t, uint64_t,
                       uint64_t);
void w2nArrayInitDataEntry(artifact::InstanceContext *, uint32_t, uint32_t, uint64_t, uint32_t,
                           uint32_t);
void w2nArrayInitElementEntry(artifact::InstanceContext *, uint32_t, uint32_t, uint64_t, uint32_t,
                              uint32_t);
/// Calls w2nExceptionThrow with where it was called from, and continues where that says.
[[noreturn]] void w2nExceptionThrowEntry(artifact::InstanceContext *, artifact::Exception *);

/// The crossing code above lies between these; it runs on the guest's stack in part, so a stack
/// overflow may be found there.
extern const char w2nCrossingBegin[], w2nCrossingEnd[];

/// The code where crossings go to the guest: each looks at w2nInterruptPending first and calls
/// w2nInterrupted if it is set, then leaves. A thread that is interrupted after it has looked must
/// be left at once, as if it were in the guest already; so all of that code is in this range, from
/// the look to the jump. From w2nToHandlerBegin on the guest goes on at a landing pad, and its
/// stack pointer in the activation is that of the ThrowPoint; before, that of the crossing's frame.
extern const char w2nToGuestBegin[], w2nToHandlerBegin[], w2nToGuestEnd[];

/// Goes on where the stack at `to` was left by this, or begins it; `*from` becomes where the stack
/// in use is left. Host code on both sides.
void w2nSwitchStack(uintptr_t *from, uintptr_t to);
/// Not a function: where a stack begins.
void w2nBeginStack();
}

/// Code that is the same wherever it lies, for guests that another process resumes: what they know
/// of the runtime are addresses in it (FixedEntries.h).
inline constexpr unsigned fixedCodeBytes = 32;
/// Code that goes to `target`, whoever calls it.
void writeJump(uint8_t *code, const void *target);
/// An EntryThunk for functions without parameters and results: calls the entry thunk that is its
/// third argument. What that returns to is in the code, and the place that this returns to is in
/// the first word below the guest's stack.
void writeFixedStub(uint8_t *code);

/// Makes the stack below `top` one that w2nSwitchStack can go to: it calls function(argument),
/// which must not return. Returns its stack pointer.
uintptr_t prepareStack(uintptr_t top, void (*function)(void *), void *argument);

/// Sets the registers of `activation` that a backtrace starts from to those at the call out of the
/// guest that it is in.
void noteCrossing(Activation &activation);

/// Whether the instruction at `code`, which has raised a fault and so can be read, is one that the
/// code generator puts where control never comes. Async-signal-safe.
bool isTrapInstruction(const void *code);

/// Whether a debugger has put a breakpoint in place of the instruction at `code`, which can be
/// read.
bool isBreakpoint(const void *code);

/// The processor of this build, as in ELF's e_machine.
extern const uint32_t hostElfMachine;

/// Numbers of the registers in DWARF, and which of them an unwinder follows.
struct UnwindRegisters {
  /// Whether a call puts the return address onto the stack; else it is in `returnAddress`, and a
  /// function that calls none may leave it there.
  bool callsPushReturnAddress;
  uint32_t stackPointer, framePointer, returnAddress;
  uint32_t saved[savedRegisterCount];
  /// The call frame instruction, of those that processors have for themselves, behind which the
  /// return address is signed, or before which it was; 0 where none are.
  uint8_t signingInstruction = 0;
};
extern const UnwindRegisters unwindRegisters;

/// The address that `signedAddress`, a return address that a function has signed, leads to; the
/// signature is not checked.
uintptr_t withoutSignature(uintptr_t signedAddress);

} // namespace w2n::runtime
