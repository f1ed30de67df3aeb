// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The crossings between host and compiled code on RISC-V 64: RiscV64.cpp says what they rest on, Arch.h what each does.
#include "runtime/arch/CrossingLayout.h"

  .p2align 2
  W2N_LABEL w2nCrossingBegin

  // Registers that calls preserve besides s0: each stored to, or loaded from, its own word from `base` + `offset` on.
  .macro W2N_PRESERVED integer, float, base, offset
  \integer s1, \offset+0(\base)
  \integer s2, \offset+8(\base)
  \integer s3, \offset+16(\base)
  \integer s4, \offset+24(\base)
  \integer s5, \offset+32(\base)
  \integer s6, \offset+40(\base)
  \integer s7, \offset+48(\base)
  \integer s8, \offset+56(\base)
  \integer s9, \offset+64(\base)
  \integer s10, \offset+72(\base)
  \integer s11, \offset+80(\base)
  \float fs0, \offset+88(\base)
  \float fs1, \offset+96(\base)
  \float fs2, \offset+104(\base)
  \float fs3, \offset+112(\base)
  \float fs4, \offset+120(\base)
  \float fs5, \offset+128(\base)
  \float fs6, \offset+136(\base)
  \float fs7, \offset+144(\base)
  \float fs8, \offset+152(\base)
  \float fs9, \offset+160(\base)
  \float fs10, \offset+168(\base)
  \float fs11, \offset+176(\base)
  .endm

  .macro W2N_ACTIVATION register
  la.tls.ie \register, w2nCurrentActivation
  add \register, \register, tp
  ld \register, 0(\register)
  .endm

  // Goes to `target` if the thread is interrupted.
  .macro W2N_IF_INTERRUPTED target
  la.tls.ie t0, w2nInterruptPending
  add t0, t0, tp
  lw t0, 0(t0)
  bnez t0, \target
  .endm

  // The places where w2nEnterGuest saves the host's registers.
  .macro W2N_SAVED_ON_ENTRY
  .cfi_offset ra, -8
  .cfi_offset s0, -16
  .cfi_offset s1, -200
  .cfi_offset s2, -192
  .cfi_offset s3, -184
  .cfi_offset s4, -176
  .cfi_offset s5, -168
  .cfi_offset s6, -160
  .cfi_offset s7, -152
  .cfi_offset s8, -144
  .cfi_offset s9, -136
  .cfi_offset s10, -128
  .cfi_offset s11, -120
  .cfi_offset fs0, -112
  .cfi_offset fs1, -104
  .cfi_offset fs2, -96
  .cfi_offset fs3, -88
  .cfi_offset fs4, -80
  .cfi_offset fs5, -72
  .cfi_offset fs6, -64
  .cfi_offset fs7, -56
  .cfi_offset fs8, -48
  .cfi_offset fs9, -40
  .cfi_offset fs10, -32
  .cfi_offset fs11, -24
  .endm

  // Saves the host's registers on its stack, and where that is in the activation, the first argument.
  .macro W2N_LEAVE_HOST
  addi sp, sp, -208
  .cfi_def_cfa_offset 208
  sd ra, 200(sp)
  sd s0, 192(sp)
  W2N_PRESERVED sd, fsd, sp, 8
  W2N_SAVED_ON_ENTRY
  addi s0, sp, 208
  .cfi_def_cfa s0, 0
  sd sp, W2N_HOST_STACK_POINTER(a0)
  .endm

  W2N_FUNCTION w2nEnterGuest               // a0: the activation, a1: thunk, a2: context, a3: code, a4: slots
  .cfi_startproc
  W2N_LEAVE_HOST
  j .LenterGuest
.LguestReturned:
  addi sp, s0, -208
  li a0, 0
.LrestoreHost:
  .cfi_def_cfa sp, 208
  ld ra, 200(sp)
  ld s0, 192(sp)
  W2N_PRESERVED ld, fld, sp, 8
  addi sp, sp, 208
  ret
  .cfi_endproc
  .size w2nEnterGuest, .-w2nEnterGuest

  W2N_FUNCTION w2nResumeGuest              // a0: the activation, a1: the host function, a2: its slots
  .cfi_startproc
  W2N_LEAVE_HOST
  mv t0, a0
  mv a0, a1
  mv a1, a2
  W2N_PRESERVED ld, fld, t0, W2N_SAVED_REGISTERS
  ld sp, W2N_GUEST_STACK_POINTER(t0)
  ld ra, 8(sp)
  ld s0, 0(sp)
  addi sp, sp, 16
  tail w2nInvokeHostEntry
  .cfi_endproc
  .size w2nResumeGuest, .-w2nResumeGuest

  W2N_FUNCTION w2nResumedReturned
  .cfi_startproc
  .cfi_undefined ra
  W2N_ACTIVATION a0
  ld sp, W2N_HOST_STACK_POINTER(a0)
  li a0, 0
  j .LrestoreHost
  .cfi_endproc
  .size w2nResumedReturned, .-w2nResumedReturned

  W2N_FUNCTION w2nLeaveGuest               // a0: the activation
  .cfi_startproc
  .cfi_undefined ra
  ld sp, W2N_HOST_STACK_POINTER(a0)
  lw t0, W2N_IS_DIRECT(a0)
  bnez t0, .LdirectLeft
  li a0, 1
  j .LrestoreHost
  .cfi_endproc
  .size w2nLeaveGuest, .-w2nLeaveGuest

  // a0: a DirectFunction; the parameters in the registers after it, and of floating point. Saves the same as
  // w2nEnterGuest, so that both restore it in the same way. Returns a structure of the result and a w2n_error, which is
  // in a0 and a1 also if the result is a float: a structure with a pointer has no registers of floating point.
  .macro W2N_DIRECT entry, enter
  .p2align 2
  W2N_API_FUNCTION \entry
  .cfi_startproc
  la.tls.ie t0, w2nCurrentGuestStack
  add t0, t0, tp
  ld t0, 0(t0)
  la.tls.ie t1, w2nCurrentActivation
  add t1, t1, tp
  beqz t0, .LdirectRefused
  ld t2, W2N_FUNCTION_STACK(a0)
  ld t2, 0(t2)
  bne t2, t0, .LdirectRefused
  ld t2, 0(t1)
  bnez t2, .LdirectRefused
  li t3, 1
  sw t3, W2N_IS_BUSY(t0)
  lw t2, W2N_IS_TO_BE_CLEARED(t0)
  bnez t2, .LdirectRefusedForClearing
  sw t3, W2N_IS_USED(t0)
  addi sp, sp, -208
  .cfi_def_cfa_offset 208
  sd ra, 200(sp)
  sd s0, 192(sp)
  W2N_PRESERVED sd, fsd, sp, 8
  W2N_SAVED_ON_ENTRY
  addi s0, sp, 208
  .cfi_def_cfa s0, 0
  mv s1, t0
  mv s2, t1
  mv s3, a0
  ld a0, W2N_FUNCTION_CONTEXT(s3)
  sd a0, W2N_DIRECT_CONTEXT(s1)
  ld t2, W2N_DIRECT_ACTIVATION + W2N_GUEST_STACK_TOP(s1)
  sd t2, W2N_DIRECT_ACTIVATION + W2N_GUEST_STACK_POINTER(s1)
  sd sp, W2N_DIRECT_ACTIVATION + W2N_HOST_STACK_POINTER(s1)
  addi t1, s1, W2N_DIRECT_ACTIVATION
  sd t1, 0(s2)
  j \enter
  .cfi_endproc
  .size \entry, .-\entry
  .endm

  W2N_DIRECT w2n_direct_integer, .LenterInteger
  W2N_DIRECT w2n_direct_float, .LenterFloat

  // s1: the stack; s2: where the thread's activation is; s0: the end of the host's frame.
.LfloatReturned:
  .cfi_startproc
  .cfi_def_cfa s0, 0
  W2N_SAVED_ON_ENTRY
  fmv.x.d a0, fa0
.LintegerReturned:
  addi sp, s0, -208
  sd zero, 0(s2)
  fence rw, w
  sw zero, W2N_IS_BUSY(s1)
  lw t0, W2N_IS_TO_BE_CLEARED(s1)
  bnez t0, .LdirectToBeCleared
.LdirectCleared:
  li a1, 0
  j .LrestoreHost
.LdirectToBeCleared:
  addi sp, sp, -16
  sd a0, 0(sp)
  mv a0, s1
  call w2nDirectCleared
  ld a0, 0(sp)
  addi sp, sp, 16
  j .LdirectCleared
  .cfi_endproc

  // The stack pointer is where w2n_direct_* saved it.
.LdirectLeft:
  .cfi_startproc
  .cfi_undefined ra
  call w2nDirectLeft
  mv a1, a0
  j .LrestoreHost
  .cfi_endproc

.LdirectRefusedForClearing:
  .cfi_startproc
  sw zero, W2N_IS_BUSY(t0)
.LdirectRefused:
  li a1, W2N_REFUSED
  ret
  .cfi_endproc

  // trap(context, kind): the guest's registers are noted for the backtrace.
  W2N_FUNCTION w2nTrapEntry
  .cfi_startproc
  W2N_ACTIVATION a0
  sw a1, W2N_TRAP_KIND(a0)
  li t1, 1
  sw t1, W2N_AFTER_CALL(a0)
  sd ra, W2N_TRAP_PROGRAM_COUNTER(a0)
  sd sp, W2N_TRAP_STACK_POINTER(a0)
  sd s0, W2N_TRAP_FRAME_POINTER(a0)
  j w2nLeaveGuest
  .cfi_endproc
  .size w2nTrapEntry, .-w2nTrapEntry

  // Calls `target` on the host's stack with the arguments as they are (Crossings.def). The first store is the one that
  // finds the end of the stack: ra and sp are still the caller's then.
  .macro W2N_CROSS entry, target, checked, mayThrow
  .p2align 2
  W2N_FUNCTION \entry
  .cfi_startproc
  .cfi_signal_frame          // the stacks lie anywhere: debuggers do not compare their addresses
  sd zero, -16(sp)
  addi sp, sp, -16
  .cfi_def_cfa_offset 16
  sd ra, 8(sp)
  sd s0, 0(sp)
  .cfi_offset ra, -8
  .cfi_offset s0, -16
  addi s0, sp, 16
  .cfi_def_cfa s0, 0
  W2N_ACTIVATION t0
  sd sp, W2N_GUEST_STACK_POINTER(t0)
  .if \mayThrow
  W2N_PRESERVED sd, fsd, t0, W2N_SAVED_REGISTERS
  .endif
  ld sp, W2N_HOST_STACK_POINTER(t0)
  call \target
  .if \checked == 1
  .if \mayThrow
  bnez a0, .LhostFailed
  .else
  bnez a0, .LleaveForError
  .endif
  .elseif \checked == 2
  bltz a0, .LleaveForError
  .elseif \checked == 3
  beqz a0, .LleaveForError
  .endif
  j .LreturnToGuest
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
  .cfi_def_cfa s0, 0
  .cfi_offset ra, -8
  .cfi_offset s0, -16
  li t0, 1
  beq a0, t0, .LleaveForError
  addi sp, s0, -16
  ld ra, 8(sp)
  ld s0, 0(sp)
  addi sp, sp, 16
  mv a1, a0
  .cfi_endproc
  // falls through

  // exceptionThrow(context, exception)
  W2N_FUNCTION w2nExceptionThrowEntry
  .cfi_startproc
  sd zero, -208(sp)
  addi sp, sp, -208          // a ThrowPoint
  .cfi_def_cfa_offset 208
  W2N_PRESERVED sd, fsd, sp, 0
  sd s0, W2N_THROW_FRAME_POINTER(sp)
  sd ra, W2N_THROW_PROGRAM_COUNTER(sp)
  .cfi_offset s0, -24
  .cfi_offset ra, -16
  addi s0, sp, 208
  .cfi_def_cfa s0, 0
  sd s0, W2N_THROW_STACK_POINTER(sp)
  mv s1, sp
  mv s2, a1
  W2N_ACTIVATION t0
  sd sp, W2N_GUEST_STACK_POINTER(t0)
  ld sp, W2N_HOST_STACK_POINTER(t0)
  mv a0, a1
  mv a1, s1
  call w2nExceptionThrow
  bnez a0, .LleaveForError
  j .LgoToHandler
  .cfi_endproc
  .size w2nExceptionThrowEntry, .-w2nExceptionThrowEntry

  // The range in which an interrupt leaves the guest (Arch.h): three ways to it.
  W2N_LABEL w2nToGuestBegin
.LenterGuest:                // a0: the activation; a1 to a4: thunk and its arguments
  .cfi_startproc
  .cfi_def_cfa s0, 0
  W2N_SAVED_ON_ENTRY
  W2N_IF_INTERRUPTED .Linterrupted
  ld sp, W2N_GUEST_STACK_POINTER(a0)
  mv t0, a1
  mv a0, a2
  mv a1, a3
  mv a2, a4
  jalr t0
  j .LguestReturned
  .cfi_endproc

  // s3: the function; t2: the guest's stack pointer. The parameters are where they are to be.
  .macro W2N_ENTER_DIRECT returned
  .cfi_startproc
  .cfi_def_cfa s0, 0
  W2N_SAVED_ON_ENTRY
  W2N_IF_INTERRUPTED .Linterrupted
  ld t1, W2N_FUNCTION_CODE(s3)
  mv sp, t2
  jalr t1
  j \returned
  .cfi_endproc
  .endm

.LenterInteger:
  W2N_ENTER_DIRECT .LintegerReturned
.LenterFloat:
  W2N_ENTER_DIRECT .LfloatReturned

.LreturnToGuest:             // a0: the result; s0: the end of the crossing's frame
  .cfi_startproc
  .cfi_def_cfa s0, 0
  .cfi_offset ra, -8
  .cfi_offset s0, -16
  W2N_IF_INTERRUPTED .Linterrupted
  addi sp, s0, -16
  .cfi_def_cfa sp, 16
  ld ra, 8(sp)
  ld s0, 0(sp)
  addi sp, sp, 16
  ret
  .cfi_endproc

  W2N_LABEL w2nToHandlerBegin
.LgoToHandler:               // s1: the ThrowPoint; s2: the exception
  .cfi_startproc
  .cfi_undefined ra
  W2N_IF_INTERRUPTED .LinterruptedThrow
  mv a0, s2                  // the exception, where landing pads expect it
  mv t0, s1
  W2N_PRESERVED ld, fld, t0, 0
  ld s0, W2N_THROW_FRAME_POINTER(t0)
  ld t1, W2N_THROW_PROGRAM_COUNTER(t0)
  ld sp, W2N_THROW_STACK_POINTER(t0)
  jr t1
  .cfi_endproc
  W2N_LABEL w2nToGuestEnd

  // On the host's stack.
.Linterrupted:
  .cfi_startproc
  .cfi_undefined ra
  li a0, 0
  j .LnoteInterrupt
.LinterruptedThrow:
  li a0, 1
.LnoteInterrupt:
  call w2nInterrupted
  j .LleaveForError
  .cfi_endproc

.LleaveForError:
  .cfi_startproc
  .cfi_undefined ra
  W2N_ACTIVATION a0
  j w2nLeaveGuest
  .cfi_endproc

  W2N_LABEL w2nCrossingEnd

  // switchStack(from, to): what calls preserve goes onto the stack in use, whose pointer is stored at a0; the same is
  // taken from the stack at a1.
  .p2align 2
  W2N_FUNCTION w2nSwitchStack
  .cfi_startproc
  addi sp, sp, -208
  .cfi_def_cfa_offset 208
  sd ra, 200(sp)
  sd s0, 192(sp)
  W2N_PRESERVED sd, fsd, sp, 8
  W2N_SAVED_ON_ENTRY
  sd sp, 0(a0)
  mv sp, a1
  ld ra, 200(sp)
  ld s0, 192(sp)
  W2N_PRESERVED ld, fld, sp, 8
  addi sp, sp, 208
  .cfi_def_cfa_offset 0
  ret
  .cfi_endproc
  .size w2nSwitchStack, .-w2nSwitchStack

  // The beginning of a stack that prepareStack has made.
  W2N_FUNCTION w2nBeginStack               // s1: the function, s2: its argument
  .cfi_startproc
  .cfi_undefined ra
  mv a0, s2
  jalr s1
  unimp
  .cfi_endproc
  .size w2nBeginStack, .-w2nBeginStack
