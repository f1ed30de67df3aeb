// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The crossings between host and compiled code on AArch64: AArch64.cpp says what they rest on, Arch.h what each does.
#include "runtime/arch/CrossingLayout.h"

  .p2align 4

  // The thread's activation.
  .macro W2N_ACTIVATION register, scratch
  adrp \register, :gottprel:w2nCurrentActivation
  ldr \register, [\register, :gottprel_lo12:w2nCurrentActivation]
  mrs \scratch, tpidr_el0
  ldr \register, [\scratch, \register]
  .endm

  // The registers that calls preserve, from `offset` of `base` on: \instruction is stp or ldp.
  .macro W2N_SAVED instruction, base, offset
  \instruction x19, x20, [\base, #\offset]
  \instruction x21, x22, [\base, #\offset + 16]
  \instruction x23, x24, [\base, #\offset + 32]
  \instruction x25, x26, [\base, #\offset + 48]
  \instruction x27, x28, [\base, #\offset + 64]
  \instruction d8, d9, [\base, #\offset + 80]
  \instruction d10, d11, [\base, #\offset + 96]
  \instruction d12, d13, [\base, #\offset + 112]
  \instruction d14, d15, [\base, #\offset + 128]
  .endm

  W2N_LABEL w2nCrossingBegin

  // Goes to `target` if the thread is interrupted.
  .macro W2N_IF_INTERRUPTED target
  adrp x9, :gottprel:w2nInterruptPending
  ldr x9, [x9, :gottprel_lo12:w2nInterruptPending]
  mrs x10, tpidr_el0
  ldr w9, [x10, x9]
  cbnz w9, \target
  .endm

  // The places where w2nEnterGuest saves the host's registers.
  .macro W2N_SAVED_ON_ENTRY
  .cfi_offset x19, -144
  .cfi_offset x20, -136
  .cfi_offset x21, -128
  .cfi_offset x22, -120
  .cfi_offset x23, -112
  .cfi_offset x24, -104
  .cfi_offset x25, -96
  .cfi_offset x26, -88
  .cfi_offset x27, -80
  .cfi_offset x28, -72
  .cfi_offset d8, -64
  .cfi_offset d9, -56
  .cfi_offset d10, -48
  .cfi_offset d11, -40
  .cfi_offset d12, -32
  .cfi_offset d13, -24
  .cfi_offset d14, -16
  .cfi_offset d15, -8
  .endm

  // Saves the host's registers on its stack, and where that is in the activation, the first argument.
  .macro W2N_LEAVE_HOST
  stp x29, x30, [sp, #-160]!
  .cfi_def_cfa_offset 160
  .cfi_offset x29, -160
  .cfi_offset x30, -152
  mov x29, sp
  .cfi_def_cfa_register x29
  W2N_SAVED stp, sp, 16
  W2N_SAVED_ON_ENTRY
  mov x9, sp
  str x9, [x0, #W2N_HOST_STACK_POINTER]
  .endm

  W2N_FUNCTION w2nEnterGuest               // x0: the activation, x1: the thunk, x2 to x4: its arguments
  .cfi_startproc
  W2N_LEAVE_HOST
  b .LenterGuest
.LguestReturned:
  mov sp, x29
  mov w0, #0
.LrestoreHost:
  W2N_SAVED ldp, sp, 16
  ldp x29, x30, [sp], #160
  .cfi_def_cfa sp, 0
  ret
  .cfi_endproc
  .size w2nEnterGuest, .-w2nEnterGuest

  W2N_FUNCTION w2nResumeGuest              // x0: the activation, x1: the host function, x2: its slots
  .cfi_startproc
  W2N_LEAVE_HOST
  mov x9, x0
  mov x0, x1
  mov x1, x2
  W2N_SAVED ldp, x9, W2N_SAVED_REGISTERS
  ldr x10, [x9, #W2N_GUEST_STACK_POINTER]
  mov sp, x10
  ldp x29, x30, [sp], #16
  b w2nInvokeHostEntry
  .cfi_endproc
  .size w2nResumeGuest, .-w2nResumeGuest

  W2N_FUNCTION w2nResumedReturned
  .cfi_startproc
  .cfi_undefined x30
  W2N_ACTIVATION x0, x9
  ldr x9, [x0, #W2N_HOST_STACK_POINTER]
  mov sp, x9
  mov w0, #0
  b .LrestoreHost
  .cfi_endproc
  .size w2nResumedReturned, .-w2nResumedReturned

  W2N_FUNCTION w2nLeaveGuest               // x0: the activation
  .cfi_startproc
  .cfi_undefined x30
  ldr x9, [x0, #W2N_HOST_STACK_POINTER]
  mov sp, x9
  ldr w9, [x0, #W2N_IS_DIRECT]
  cbnz w9, .LdirectLeft
  mov w0, #1
  b .LrestoreHost
  .cfi_endproc
  .size w2nLeaveGuest, .-w2nLeaveGuest

  // x0: a DirectFunction; the parameters in the registers after it, and of floating point. Saves the same as
  // w2nEnterGuest, so that both restore it in the same way. Returns a structure of the result and a w2n_error, which is
  // in x0 and x1 also if the result is a float.
  .macro W2N_DIRECT entry, enter
  .p2align 4
  W2N_API_FUNCTION \entry
  .cfi_startproc
  mrs x9, tpidr_el0
  adrp x10, :gottprel:w2nCurrentGuestStack
  ldr x10, [x10, :gottprel_lo12:w2nCurrentGuestStack]
  ldr x10, [x9, x10]
  adrp x11, :gottprel:w2nCurrentActivation
  ldr x11, [x11, :gottprel_lo12:w2nCurrentActivation]
  add x11, x9, x11
  cbz x10, .LdirectRefused
  ldr x12, [x0, #W2N_FUNCTION_STACK]
  ldr x12, [x12]
  ldr x13, [x11]
  cmp x12, x10
  b.ne .LdirectRefused
  cbnz x13, .LdirectRefused
  mov w13, #1
  str w13, [x10, #W2N_IS_BUSY]
  ldr w12, [x10, #W2N_IS_TO_BE_CLEARED]
  cbnz w12, .LdirectRefusedForClearing
  str w13, [x10, #W2N_IS_USED]
  stp x29, x30, [sp, #-160]!
  .cfi_def_cfa_offset 160
  .cfi_offset x29, -160
  .cfi_offset x30, -152
  mov x29, sp
  .cfi_def_cfa_register x29
  W2N_SAVED stp, sp, 16
  W2N_SAVED_ON_ENTRY
  mov x19, x10
  mov x21, x11
  ldr x20, [x0, #W2N_FUNCTION_CONTEXT]
  str x20, [x10, #W2N_DIRECT_CONTEXT]
  ldr x12, [x10, #W2N_DIRECT_ACTIVATION + W2N_GUEST_STACK_TOP]
  add x10, x10, #W2N_DIRECT_ACTIVATION
  mov x9, sp
  stp x9, x12, [x10, #W2N_HOST_STACK_POINTER] // and guestStackPointer
  str x10, [x11]
  b \enter
  .cfi_endproc
  .size \entry, .-\entry
  .endm

  W2N_DIRECT w2n_direct_integer, .LenterInteger
  W2N_DIRECT w2n_direct_float, .LenterFloat

  // x19: the stack; x21: where the thread's activation is; x29: the host's frame.
.LfloatReturned:
  .cfi_startproc
  .cfi_def_cfa x29, 160
  .cfi_offset x29, -160
  .cfi_offset x30, -152
  W2N_SAVED_ON_ENTRY
  fmov x0, d0
.LintegerReturned:
  mov sp, x29
  str xzr, [x21]
  add x9, x19, #W2N_IS_BUSY
  stlr wzr, [x9]
  ldr w9, [x19, #W2N_IS_TO_BE_CLEARED]
  cbnz w9, .LdirectToBeCleared
.LdirectCleared:
  mov x1, #0
  b .LrestoreHost
.LdirectToBeCleared:
  str x0, [sp, #-16]!
  mov x0, x19
  bl w2nDirectCleared
  ldr x0, [sp], #16
  b .LdirectCleared
  .cfi_endproc

  // The stack pointer is where w2n_direct_* saved it.
.LdirectLeft:
  .cfi_startproc
  .cfi_undefined x30
  bl w2nDirectLeft
  mov x1, x0
  b .LrestoreHost
  .cfi_endproc

.LdirectRefusedForClearing:
  .cfi_startproc
  str wzr, [x10, #W2N_IS_BUSY]
.LdirectRefused:
  mov x1, #W2N_REFUSED
  ret
  .cfi_endproc

  // trap(context, kind): the guest's registers are noted for the backtrace.
  W2N_FUNCTION w2nTrapEntry
  .cfi_startproc
  W2N_ACTIVATION x0, x9
  mov w9, #1
  stp w1, w9, [x0, #W2N_TRAP_KIND] // and afterCall
  mov x9, sp
  stp x30, x9, [x0, #W2N_TRAP_PROGRAM_COUNTER] // and trapStackPointer
  str x29, [x0, #W2N_TRAP_FRAME_POINTER]
  b w2nLeaveGuest
  .cfi_endproc
  .size w2nTrapEntry, .-w2nTrapEntry

  // Calls `target` on the host's stack with the arguments as they are (Crossings.def).
  .macro W2N_CROSS entry, target, checked, mayThrow
  .p2align 4
  W2N_FUNCTION \entry
  .cfi_startproc
  .cfi_signal_frame          // the stacks lie anywhere: debuggers do not compare their addresses
  stp x29, x30, [sp, #-16]!
  .cfi_def_cfa_offset 16
  .cfi_offset x29, -16
  .cfi_offset x30, -8
  mov x29, sp
  .cfi_def_cfa_register x29
  W2N_ACTIVATION x9, x10
  str x29, [x9, #W2N_GUEST_STACK_POINTER]
  .if \mayThrow
  W2N_SAVED stp, x9, W2N_SAVED_REGISTERS
  .endif
  ldr x10, [x9, #W2N_HOST_STACK_POINTER]
  mov sp, x10
  bl \target
  .if \checked == 1
  .if \mayThrow
  cbnz x0, .LhostFailed
  .else
  cbnz w0, .LleaveForError
  .endif
  .elseif \checked == 2
  tbnz w0, #31, .LleaveForError
  .elseif \checked == 3
  cbz x0, .LleaveForError
  .endif
  b .LreturnToGuest
  .cfi_endproc
  .size \entry, .-\entry
  .endm

#define W2N_CROSSING(service, returns, mayThrow) \
  W2N_CROSS service##Entry, service, returns, mayThrow
#include "runtime/arch/Crossings.def"

  // A host function has failed. An exception goes on as if the call had thrown it: all registers that calls
  // preserve have the guest's values again.
.LhostFailed:
  .cfi_startproc
  .cfi_def_cfa x29, 16
  .cfi_offset x29, -16
  .cfi_offset x30, -8
  cmp x0, #1
  b.eq .LleaveForError
  mov sp, x29
  ldp x29, x30, [sp], #16
  .cfi_def_cfa sp, 0
  mov x1, x0
  .cfi_endproc
  // falls through

  // exceptionThrow(context, exception). Its first instruction takes all the stack that it needs, so that a stack
  // overflow is found there.
  W2N_FUNCTION w2nExceptionThrowEntry
  .cfi_startproc
  stp x19, x20, [sp, #-176]! // a ThrowPoint: saved,
  W2N_SAVED stp, sp, 0
  stp x29, x30, [sp, #W2N_THROW_FRAME_POINTER] // framePointer, programCounter,
  add x29, sp, #176
  .cfi_def_cfa x29, 0
  .cfi_offset x29, -32
  .cfi_offset x30, -24
  str x29, [sp, #W2N_THROW_STACK_POINTER] // stackPointer
  mov x19, sp
  mov x21, x1
  W2N_ACTIVATION x9, x10
  str x19, [x9, #W2N_GUEST_STACK_POINTER]
  ldr x10, [x9, #W2N_HOST_STACK_POINTER]
  mov sp, x10
  mov x0, x1
  mov x1, x19
  bl w2nExceptionThrow
  cbnz w0, .LleaveForError
  b .LgoToHandler
  .cfi_endproc
  .size w2nExceptionThrowEntry, .-w2nExceptionThrowEntry

  // The range in which an interrupt leaves the guest (Arch.h): three ways to it.
  W2N_LABEL w2nToGuestBegin
.LenterGuest:                // x0: the activation; x1 to x4: thunk and its arguments
  .cfi_startproc
  .cfi_def_cfa x29, 160
  .cfi_offset x29, -160
  .cfi_offset x30, -152
  W2N_SAVED_ON_ENTRY
  W2N_IF_INTERRUPTED .Linterrupted
  ldr x9, [x0, #W2N_GUEST_STACK_POINTER]
  mov sp, x9
  mov x9, x1
  mov x0, x2
  mov x1, x3
  mov x2, x4
  blr x9
  b .LguestReturned
  .cfi_endproc

  // x0: the function; x12: the guest's stack pointer. The context is in its register, and parameters move up to it.
  .macro W2N_ENTER_DIRECT returned
  .cfi_startproc
  .cfi_def_cfa x29, 160
  .cfi_offset x29, -160
  .cfi_offset x30, -152
  W2N_SAVED_ON_ENTRY
  W2N_IF_INTERRUPTED .Linterrupted
  ldr x9, [x0, #W2N_FUNCTION_CODE]
  mov sp, x12
  mov x0, x1
  mov x1, x2
  mov x2, x3
  mov x3, x4
  mov x4, x5
  blr x9
  b \returned
  .cfi_endproc
  .endm

.LenterInteger:
  W2N_ENTER_DIRECT .LintegerReturned
.LenterFloat:
  W2N_ENTER_DIRECT .LfloatReturned

.LreturnToGuest:             // x0: the result; x29: the crossing's frame
  .cfi_startproc
  .cfi_def_cfa x29, 16
  .cfi_offset x29, -16
  .cfi_offset x30, -8
  W2N_IF_INTERRUPTED .Linterrupted
  mov sp, x29
  ldp x29, x30, [sp], #16
  .cfi_def_cfa sp, 0
  .cfi_restore x29
  .cfi_restore x30
  ret
  .cfi_endproc

  W2N_LABEL w2nToHandlerBegin
.LgoToHandler:               // x19: the ThrowPoint; x21: the exception
  .cfi_startproc
  .cfi_undefined x30
  W2N_IF_INTERRUPTED .LinterruptedThrow
  mov x0, x21                // the exception, where landing pads expect it
  mov x9, x19
  ldp x10, x11, [x9, #W2N_THROW_PROGRAM_COUNTER]
  ldr x29, [x9, #W2N_THROW_FRAME_POINTER]
  W2N_SAVED ldp, x9, 0
  mov sp, x11
  br x10
  .cfi_endproc
  W2N_LABEL w2nToGuestEnd

  // On the host's stack.
.Linterrupted:
  .cfi_startproc
  .cfi_undefined x30
  mov w0, #0
  b .LnoteInterrupt
.LinterruptedThrow:
  mov w0, #1
.LnoteInterrupt:
  bl w2nInterrupted
  b .LleaveForError
  .cfi_endproc

.LleaveForError:
  .cfi_startproc
  .cfi_undefined x30
  W2N_ACTIVATION x0, x9
  b w2nLeaveGuest
  .cfi_endproc

  W2N_LABEL w2nCrossingEnd

  // switchStack(from, to): what calls preserve goes onto the stack in use, whose pointer is stored at x0; the same is
  // taken from the stack at x1.
  .p2align 4
  W2N_FUNCTION w2nSwitchStack
  .cfi_startproc
  stp x29, x30, [sp, #-160]!
  .cfi_def_cfa_offset 160
  .cfi_offset x29, -160
  .cfi_offset x30, -152
  W2N_SAVED stp, sp, 16
  W2N_SAVED_ON_ENTRY
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  W2N_SAVED ldp, sp, 16
  ldp x29, x30, [sp], #160
  .cfi_def_cfa_offset 0
  ret
  .cfi_endproc
  .size w2nSwitchStack, .-w2nSwitchStack

  // The beginning of a stack that prepareStack has made.
  W2N_FUNCTION w2nBeginStack               // x19: the function, x20: its argument
  .cfi_startproc
  .cfi_undefined x30
  mov x0, x20
  blr x19
  brk #1
  .cfi_endproc
  .size w2nBeginStack, .-w2nBeginStack
