// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Crossing between host and compiled code on x86-64, System V.
//
// Compiled code preserves what C calls preserve (rbx, rbp, r12-r15) when it returns, but not when
// it is left on a trap, so entering saves those on the host's stack and both ways out restore them.
// MXCSR and the x87 control word are never changed by compiled code.
#include "runtime/arch/Arch.h"

#include <cstring>
#include <elf.h>

namespace w2n::runtime {

const uint32_t hostElfMachine = EM_X86_64;
const UnwindRegisters unwindRegisters = {.callsPushReturnAddress = true,
                                         .stackPointer = 7,
                                         .framePointer = 6,
                                         .returnAddress = 16,
                                         .saved = {3, 12, 13, 14, 15}};

void noteCrossing(Activation &activation) {
  // W2N_CROSS pushes rbp on top of the return address.
  const auto *frame = reinterpret_cast<const uintptr_t *>(activation.guestStackPointer);
  activation.trapFramePointer = frame[0];
  activation.trapProgramCounter = frame[1];
  activation.trapStackPointer = activation.guestStackPointer + 2 * sizeof(uintptr_t);
  activation.afterCall = 1;
}

bool isTrapInstruction(const void *code) {
  constexpr uint8_t ud2[] = {0x0f, 0x0b};
  return std::memcmp(code, ud2, sizeof(ud2)) == 0;
}

} // namespace w2n::runtime

// Offsets in Activation: hostStackPointer 0, guestStackPointer 8, trapKind 16, afterCall 20,
// trapProgramCounter 24, trapStackPointer 32, trapFramePointer 40, savedRegisters 88.
asm(R"(
  .text
  .p2align 4
  .globl w2nCrossingBegin
  .hidden w2nCrossingBegin
w2nCrossingBegin:

  .globl w2nEnterGuest
  .hidden w2nEnterGuest
  .type w2nEnterGuest, @function
w2nEnterGuest:
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  .cfi_offset %rbx, -24
  .cfi_offset %r12, -32
  .cfi_offset %r13, -40
  .cfi_offset %r14, -48
  .cfi_offset %r15, -56
  pushq %rdi                 # keeps the stack aligned to 16
  movq %rsp, (%rdi)
  jmp .LenterGuest
.LguestReturned:
  leaq -48(%rbp), %rsp
  xorl %eax, %eax
.LrestoreHost:
  popq %rdi
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  .cfi_def_cfa %rsp, 8
  retq
  .cfi_endproc
  .size w2nEnterGuest, .-w2nEnterGuest

  .globl w2nLeaveGuest
  .hidden w2nLeaveGuest
  .type w2nLeaveGuest, @function
w2nLeaveGuest:               # rdi: the activation
  .cfi_startproc
  .cfi_undefined %rip
  movq (%rdi), %rsp
  movl $1, %eax
  jmp .LrestoreHost
  .cfi_endproc
  .size w2nLeaveGuest, .-w2nLeaveGuest

  # trap(context, kind): the guest's registers are noted for the backtrace.
  .globl w2nTrapEntry
  .hidden w2nTrapEntry
  .type w2nTrapEntry, @function
w2nTrapEntry:
  .cfi_startproc
  movq w2nCurrentActivation@gottpoff(%rip), %rdi
  movq %fs:(%rdi), %rdi
  movl %esi, 16(%rdi)
  movl $1, 20(%rdi)
  movq (%rsp), %rax
  movq %rax, 24(%rdi)
  leaq 8(%rsp), %rax
  movq %rax, 32(%rdi)
  movq %rbp, 40(%rdi)
  jmp w2nLeaveGuest
  .cfi_endproc
  .size w2nTrapEntry, .-w2nTrapEntry

  # Calls `target` on the host's stack with the arguments as they are. `checked`: a result other than 0 leaves the guest if it is 1, a
  # negative one if it is 2, null if it is 3. `mayThrow`: the target may come back here, or look for exceptions in registers that it
  # preserves; a result other than 0 and 1 is one that goes on from here.
  .macro W2N_CROSS entry, target, checked, mayThrow
  .globl \entry
  .hidden \entry
  .type \entry, @function
  .p2align 4
\entry:
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  movq w2nCurrentActivation@gottpoff(%rip), %rax
  movq %fs:(%rax), %rax
  movq %rsp, 8(%rax)
  .if \mayThrow
  movq %rbx, 88(%rax)
  movq %r12, 96(%rax)
  movq %r13, 104(%rax)
  movq %r14, 112(%rax)
  movq %r15, 120(%rax)
  .endif
  movq (%rax), %rsp
  callq \target
  .if \checked == 1
  .if \mayThrow
  testq %rax, %rax
  jne .LhostFailed
  .else
  testl %eax, %eax
  jne .LleaveForError
  .endif
  .elseif \checked == 2
  testl %eax, %eax
  js .LleaveForError
  .elseif \checked == 3
  testq %rax, %rax
  je .LleaveForError
  .endif
  jmp .LreturnToGuest
  .cfi_endproc
  .size \entry, .-\entry
  .endm

)"
#define W2N_CROSSING(service, returns, mayThrow)                                                   \
  "  W2N_CROSS " #service "Entry, " #service ", " #returns ", " #mayThrow "\n"
#include "runtime/arch/Crossings.def"
    R"(

  # Where a host function has failed. An exception goes on as if the call had thrown it: all registers that calls
  # preserve have the guest's values again.
.LhostFailed:
  .cfi_startproc
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rbp, -16
  cmpq $1, %rax
  je .LleaveForError
  movq %rbp, %rsp
  popq %rbp
  .cfi_def_cfa %rsp, 8
  movq %rax, %rsi
  .cfi_endproc
  # falls through

  # exceptionThrow(context, exception)
  .globl w2nExceptionThrowEntry
  .hidden w2nExceptionThrowEntry
  .type w2nExceptionThrowEntry, @function
w2nExceptionThrowEntry:
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  leaq 16(%rbp), %rax
  pushq %rax                 # a ThrowPoint from its end: stackPointer,
  pushq 8(%rbp)              # programCounter,
  pushq (%rbp)               # framePointer,
  pushq %r15                 # saved
  pushq %r14
  pushq %r13
  pushq %r12
  pushq %rbx
  movq %rsp, %rbx
  movq %rsi, %r12
  movq w2nCurrentActivation@gottpoff(%rip), %rax
  movq %fs:(%rax), %rax
  movq %rsp, 8(%rax)
  movq (%rax), %rsp
  movq %rsi, %rdi
  movq %rbx, %rsi
  callq w2nExceptionThrow
  testl %eax, %eax
  jne .LleaveForError
  jmp .LgoToHandler
  .cfi_endproc
  .size w2nExceptionThrowEntry, .-w2nExceptionThrowEntry

  # The range in which an interrupt leaves the guest (Arch.h): three ways to it.
  .globl w2nToGuestBegin
  .hidden w2nToGuestBegin
w2nToGuestBegin:
.LenterGuest:                # rdi: the activation; rsi, rdx, rcx, r8: thunk and its arguments
  .cfi_startproc
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rbp, -16
  .cfi_offset %rbx, -24
  .cfi_offset %r12, -32
  .cfi_offset %r13, -40
  .cfi_offset %r14, -48
  .cfi_offset %r15, -56
  movq w2nInterruptPending@gottpoff(%rip), %rax
  cmpl $0, %fs:(%rax)
  jne .Linterrupted
  movq 8(%rdi), %rsp
  movq %rsi, %rax
  movq %rdx, %rdi
  movq %rcx, %rsi
  movq %r8, %rdx
  callq *%rax
  jmp .LguestReturned
  .cfi_endproc

.LreturnToGuest:             # rax: the result; rbp: the crossing's frame
  .cfi_startproc
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rbp, -16
  movq w2nInterruptPending@gottpoff(%rip), %rcx
  cmpl $0, %fs:(%rcx)
  jne .Linterrupted
  movq %rbp, %rsp
  popq %rbp
  .cfi_def_cfa %rsp, 8
  retq
  .cfi_endproc

  .globl w2nToHandlerBegin
  .hidden w2nToHandlerBegin
w2nToHandlerBegin:
.LgoToHandler:               # rbx: the ThrowPoint; r12: the exception
  .cfi_startproc
  .cfi_undefined %rip
  movq w2nInterruptPending@gottpoff(%rip), %rax
  cmpl $0, %fs:(%rax)
  jne .LinterruptedThrow
  movq %r12, %rax            # the exception, where landing pads expect it
  movq %rbx, %rcx
  movq 48(%rcx), %rsi
  movq 0(%rcx), %rbx
  movq 8(%rcx), %r12
  movq 16(%rcx), %r13
  movq 24(%rcx), %r14
  movq 32(%rcx), %r15
  movq 40(%rcx), %rbp
  movq 56(%rcx), %rsp
  jmpq *%rsi
  .cfi_endproc
  .globl w2nToGuestEnd
  .hidden w2nToGuestEnd
w2nToGuestEnd:

  # On the host's stack, which is aligned as it was for the call before.
.Linterrupted:
  .cfi_startproc
  .cfi_undefined %rip
  xorl %edi, %edi
  jmp .LnoteInterrupt
.LinterruptedThrow:
  movl $1, %edi
.LnoteInterrupt:
  callq w2nInterrupted
  jmp .LleaveForError
  .cfi_endproc

.LleaveForError:
  .cfi_startproc
  .cfi_undefined %rip
  movq w2nCurrentActivation@gottpoff(%rip), %rdi
  movq %fs:(%rdi), %rdi
  jmp w2nLeaveGuest
  .cfi_endproc

  .globl w2nCrossingEnd
  .hidden w2nCrossingEnd
w2nCrossingEnd:
)");
