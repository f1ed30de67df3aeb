// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The crossings between host and compiled code on x86-64: X86_64.cpp says what they rest on, Arch.h what each does.
#include "runtime/arch/CrossingLayout.h"

  .p2align 4
  W2N_LABEL w2nCrossingBegin

  // The places where w2nEnterGuest saves the host's registers.
  .macro W2N_SAVED_ON_ENTRY
  .cfi_offset %rbx, -24
  .cfi_offset %r12, -32
  .cfi_offset %r13, -40
  .cfi_offset %r14, -48
  .cfi_offset %r15, -56
  .endm

  // Saves the host's registers on its stack, and where that is in the activation, the first argument.
  .macro W2N_LEAVE_HOST
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
  W2N_SAVED_ON_ENTRY
  pushq %rdi                 // keeps the stack aligned to 16
  movq %rsp, W2N_HOST_STACK_POINTER(%rdi)
  .endm

  W2N_FUNCTION w2nEnterGuest
  .cfi_startproc
  W2N_LEAVE_HOST
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

  W2N_FUNCTION w2nResumeGuest              // rdi: the activation, rsi: the host function, rdx: its slots
  .cfi_startproc
  W2N_LEAVE_HOST
  movq %rdi, %rax
  movq %rsi, %rdi
  movq %rdx, %rsi
  movq W2N_SAVED_REGISTERS(%rax), %rbx
  movq W2N_SAVED_REGISTERS + 8(%rax), %r12
  movq W2N_SAVED_REGISTERS + 16(%rax), %r13
  movq W2N_SAVED_REGISTERS + 24(%rax), %r14
  movq W2N_SAVED_REGISTERS + 32(%rax), %r15
  movq W2N_GUEST_STACK_POINTER(%rax), %rsp
  popq %rbp
  jmp w2nInvokeHostEntry
  .cfi_endproc
  .size w2nResumeGuest, .-w2nResumeGuest

  W2N_FUNCTION w2nResumedReturned
  .cfi_startproc
  .cfi_undefined %rip
  movq w2nCurrentActivation@gottpoff(%rip), %rdi
  movq %fs:(%rdi), %rdi
  movq W2N_HOST_STACK_POINTER(%rdi), %rsp
  xorl %eax, %eax
  jmp .LrestoreHost
  .cfi_endproc
  .size w2nResumedReturned, .-w2nResumedReturned

  W2N_FUNCTION w2nLeaveGuest               // rdi: the activation
  .cfi_startproc
  .cfi_undefined %rip
  movq W2N_HOST_STACK_POINTER(%rdi), %rsp
  cmpl $0, W2N_IS_DIRECT(%rdi)
  jne .LdirectLeft
  movl $1, %eax
  jmp .LrestoreHost
  .cfi_endproc
  .size w2nLeaveGuest, .-w2nLeaveGuest

  // rdi: a DirectFunction; the parameters in the registers after it, and of floating point. Saves the same as
  // w2nEnterGuest, so that both restore it in the same way. Returns the result and a w2n_error in the registers of a
  // structure of both: rdx for the error beside an integer, rax beside a float.
  .macro W2N_DIRECT entry, enter
  .p2align 5
  W2N_API_FUNCTION \entry
  .cfi_startproc
  movq w2nCurrentGuestStack@gottpoff(%rip), %rax
  movq %fs:(%rax), %r10
  movq w2nCurrentActivation@gottpoff(%rip), %r11
  testq %r10, %r10
  je .LdirectRefused
  movq W2N_FUNCTION_STACK(%rdi), %rax
  cmpq (%rax), %r10
  jne .LdirectRefused
  cmpq $0, %fs:(%r11)
  jne .LdirectRefused
  movl $1, W2N_IS_BUSY(%r10)
  cmpl $0, W2N_IS_TO_BE_CLEARED(%r10)
  jne .LdirectRefusedForClearing
  movl $1, W2N_IS_USED(%r10)
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
  W2N_SAVED_ON_ENTRY
  pushq %r11                 // keeps the stack aligned to 16
  movq W2N_DIRECT_ACTIVATION + W2N_GUEST_STACK_TOP(%r10), %rax
  movq %rsp, W2N_DIRECT_ACTIVATION + W2N_HOST_STACK_POINTER(%r10)
  movq W2N_FUNCTION_CONTEXT(%rdi), %r13
  movq %rax, W2N_DIRECT_ACTIVATION + W2N_GUEST_STACK_POINTER(%r10)
  movq %r13, W2N_DIRECT_CONTEXT(%r10)
  movq %r10, %rbx
  addq $W2N_DIRECT_ACTIVATION, %r10
  movq %r10, %fs:(%r11)
  jmp \enter
  .cfi_endproc
  .size \entry, .-\entry
  .endm

  W2N_DIRECT w2n_direct_integer, .LenterInteger
  W2N_DIRECT w2n_direct_float, .LenterFloat

  // rbx: the stack; rbp: the host's frame.
  .macro W2N_DIRECT_RETURNED error
  leaq -48(%rbp), %rsp
  popq %r11
  movq $0, %fs:(%r11)
  movl $0, W2N_IS_BUSY(%rbx)
  cmpl $0, W2N_IS_TO_BE_CLEARED(%rbx)
  jne 2f
1:
  xorl %\error, %\error
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  .cfi_remember_state
  .cfi_def_cfa %rsp, 8
  retq
2:
  .cfi_restore_state
  pushq %rax
  subq $16, %rsp
  movsd %xmm0, (%rsp)
  movq %rbx, %rdi
  callq w2nDirectCleared
  movsd (%rsp), %xmm0
  addq $16, %rsp
  popq %rax
  jmp 1b
  .endm

  .p2align 5
.LintegerReturned:
  .cfi_startproc
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rbp, -16
  W2N_SAVED_ON_ENTRY
  W2N_DIRECT_RETURNED edx
  .p2align 5
.LfloatReturned:
  .cfi_def_cfa %rbp, 16
  W2N_DIRECT_RETURNED eax
  .cfi_endproc

  // The stack pointer is where w2n_direct_* saved it.
.LdirectLeft:
  .cfi_startproc
  .cfi_undefined %rip
  callq w2nDirectLeft
  movq %rax, %rdx
  jmp .LrestoreHost
  .cfi_endproc

.LdirectRefusedForClearing:
  .cfi_startproc
  movl $0, W2N_IS_BUSY(%r10)
.LdirectRefused:
  movl $W2N_REFUSED, %eax
  movl %eax, %edx
  retq
  .cfi_endproc

  // trap(context, kind): the guest's registers are noted for the backtrace.
  W2N_FUNCTION w2nTrapEntry
  .cfi_startproc
  movq w2nCurrentActivation@gottpoff(%rip), %rdi
  movq %fs:(%rdi), %rdi
  movl %esi, W2N_TRAP_KIND(%rdi)
  movl $1, W2N_AFTER_CALL(%rdi)
  movq (%rsp), %rax
  movq %rax, W2N_TRAP_PROGRAM_COUNTER(%rdi)
  leaq 8(%rsp), %rax
  movq %rax, W2N_TRAP_STACK_POINTER(%rdi)
  movq %rbp, W2N_TRAP_FRAME_POINTER(%rdi)
  jmp w2nLeaveGuest
  .cfi_endproc
  .size w2nTrapEntry, .-w2nTrapEntry

  // Calls `target` on the host's stack with the arguments as they are (Crossings.def).
  .macro W2N_CROSS entry, target, checked, mayThrow
  .p2align 4
  W2N_FUNCTION \entry
  .cfi_startproc
  .cfi_signal_frame          // the stacks lie anywhere: debuggers do not compare their addresses
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  movq w2nCurrentActivation@gottpoff(%rip), %rax
  movq %fs:(%rax), %rax
  movq %rsp, W2N_GUEST_STACK_POINTER(%rax)
  .if \mayThrow
  movq %rbx, W2N_SAVED_REGISTERS(%rax)
  movq %r12, W2N_SAVED_REGISTERS + 8(%rax)
  movq %r13, W2N_SAVED_REGISTERS + 16(%rax)
  movq %r14, W2N_SAVED_REGISTERS + 24(%rax)
  movq %r15, W2N_SAVED_REGISTERS + 32(%rax)
  .endif
  movq W2N_HOST_STACK_POINTER(%rax), %rsp
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

#define W2N_CROSSING(service, returns, mayThrow) \
  W2N_CROSS service##Entry, service, returns, mayThrow
#include "runtime/arch/Crossings.def"

  // A host function has failed. An exception goes on as if the call had thrown it: all registers that calls
  // preserve have the guest's values again.
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
  // falls through

  // exceptionThrow(context, exception)
  W2N_FUNCTION w2nExceptionThrowEntry
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  leaq 16(%rbp), %rax
  pushq %rax                 // a ThrowPoint from its end: stackPointer,
  pushq 8(%rbp)              // programCounter,
  pushq (%rbp)               // framePointer,
  pushq %r15                 // saved
  pushq %r14
  pushq %r13
  pushq %r12
  pushq %rbx
  movq %rsp, %rbx
  movq %rsi, %r12
  movq w2nCurrentActivation@gottpoff(%rip), %rax
  movq %fs:(%rax), %rax
  movq %rsp, W2N_GUEST_STACK_POINTER(%rax)
  movq W2N_HOST_STACK_POINTER(%rax), %rsp
  movq %rsi, %rdi
  movq %rbx, %rsi
  callq w2nExceptionThrow
  testl %eax, %eax
  jne .LleaveForError
  jmp .LgoToHandler
  .cfi_endproc
  .size w2nExceptionThrowEntry, .-w2nExceptionThrowEntry

  // The range in which an interrupt leaves the guest (Arch.h): three ways to it.
  .p2align 5
  W2N_LABEL w2nToGuestBegin
.LenterGuest:                // rdi: the activation; rsi, rdx, rcx, r8: thunk and its arguments
  .cfi_startproc
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rbp, -16
  W2N_SAVED_ON_ENTRY
  movq w2nInterruptPending@gottpoff(%rip), %rax
  cmpl $0, %fs:(%rax)
  jne .Linterrupted
  movq W2N_GUEST_STACK_POINTER(%rdi), %rsp
  movq %rsi, %rax
  movq %rdx, %rdi
  movq %rcx, %rsi
  movq %r8, %rdx
  callq *%rax
  jmp .LguestReturned
  .cfi_endproc

  // rdi: the function; rbx: the stack. The context is in its register, and parameters move up to it.
  .macro W2N_ENTER_DIRECT returned
  .cfi_startproc
  .cfi_def_cfa %rbp, 16
  .cfi_offset %rbp, -16
  W2N_SAVED_ON_ENTRY
  movq w2nInterruptPending@gottpoff(%rip), %rax
  cmpl $0, %fs:(%rax)
  jne .Linterrupted
  movq W2N_FUNCTION_CODE(%rdi), %rax
  movq W2N_DIRECT_ACTIVATION + W2N_GUEST_STACK_POINTER(%rbx), %rsp
  movq %rsi, %rdi
  movq %rdx, %rsi
  movq %rcx, %rdx
  movq %r8, %rcx
  movq %r9, %r8
  callq *%rax
  jmp \returned
  .cfi_endproc
  .endm

  .p2align 5
.LenterInteger:
  W2N_ENTER_DIRECT .LintegerReturned
  .p2align 5
.LenterFloat:
  W2N_ENTER_DIRECT .LfloatReturned

  .p2align 5
.LreturnToGuest:             // rax: the result; rbp: the crossing's frame
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

  W2N_LABEL w2nToHandlerBegin
.LgoToHandler:               // rbx: the ThrowPoint; r12: the exception
  .cfi_startproc
  .cfi_undefined %rip
  movq w2nInterruptPending@gottpoff(%rip), %rax
  cmpl $0, %fs:(%rax)
  jne .LinterruptedThrow
  movq %r12, %rax            // the exception, where landing pads expect it
  movq %rbx, %rcx
  movq W2N_THROW_PROGRAM_COUNTER(%rcx), %rsi
  movq 0(%rcx), %rbx
  movq 8(%rcx), %r12
  movq 16(%rcx), %r13
  movq 24(%rcx), %r14
  movq 32(%rcx), %r15
  movq W2N_THROW_FRAME_POINTER(%rcx), %rbp
  movq W2N_THROW_STACK_POINTER(%rcx), %rsp
  jmpq *%rsi
  .cfi_endproc
  W2N_LABEL w2nToGuestEnd

  // On the host's stack, which is aligned as it was for the call before.
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

  W2N_LABEL w2nCrossingEnd

  // switchStack(from, to): what calls preserve goes onto the stack in use, whose pointer is stored at rdi; the same is
  // taken from the stack at rsi. The modes of floating point are among it.
  .p2align 4
  W2N_FUNCTION w2nSwitchStack
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  pushq %rbx
  .cfi_def_cfa_offset 24
  .cfi_offset %rbx, -24
  pushq %r12
  .cfi_def_cfa_offset 32
  .cfi_offset %r12, -32
  pushq %r13
  .cfi_def_cfa_offset 40
  .cfi_offset %r13, -40
  pushq %r14
  .cfi_def_cfa_offset 48
  .cfi_offset %r14, -48
  pushq %r15
  .cfi_def_cfa_offset 56
  .cfi_offset %r15, -56
  subq $8, %rsp
  .cfi_def_cfa_offset 64
  stmxcsr (%rsp)
  fnstcw 4(%rsp)
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  ldmxcsr (%rsp)
  fldcw 4(%rsp)
  addq $8, %rsp
  .cfi_def_cfa_offset 56
  popq %r15
  .cfi_def_cfa_offset 48
  popq %r14
  .cfi_def_cfa_offset 40
  popq %r13
  .cfi_def_cfa_offset 32
  popq %r12
  .cfi_def_cfa_offset 24
  popq %rbx
  .cfi_def_cfa_offset 16
  popq %rbp
  .cfi_def_cfa_offset 8
  retq
  .cfi_endproc
  .size w2nSwitchStack, .-w2nSwitchStack

  // The beginning of a stack that prepareStack has made.
  W2N_FUNCTION w2nBeginStack               // rbx: the function, r12: its argument
  .cfi_startproc
  .cfi_undefined %rip
  movq %r12, %rdi
  callq *%rbx
  ud2
  .cfi_endproc
  .size w2nBeginStack, .-w2nBeginStack
