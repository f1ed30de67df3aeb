// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Definitions for the assembly of the crossings: offsets in Activation and ThrowPoint, which Arch.h
// asserts, and how a symbol is defined. Read by the assembler as well as by C++.
#pragma once

/// The number of registers, besides the frame pointer, that calls preserve.
#if defined(__x86_64__)
#define W2N_SAVED_REGISTER_COUNT 5 // rbx, r12 to r15
#elif defined(__aarch64__)
#define W2N_SAVED_REGISTER_COUNT 18 // x19 to x28, the low halves of v8 to v15
#elif defined(__riscv)
#define W2N_SAVED_REGISTER_COUNT 23 // s1 to s11, fs0 to fs11
#endif

// Activation.
#define W2N_HOST_STACK_POINTER 0
#define W2N_GUEST_STACK_POINTER 8
#define W2N_TRAP_KIND 16
#define W2N_AFTER_CALL 20
#define W2N_TRAP_PROGRAM_COUNTER 24
#define W2N_TRAP_STACK_POINTER 32
#define W2N_TRAP_FRAME_POINTER 40
#define W2N_GUEST_STACK_TOP 64
#define W2N_IS_DIRECT 76
#define W2N_SAVED_REGISTERS 88

// DirectCalls, and what w2nDirectCalls' callers hand in (DirectFunction).
#define W2N_IS_BUSY 0
#define W2N_IS_TO_BE_CLEARED 4
#define W2N_IS_USED 8
#define W2N_DIRECT_CONTEXT 16
#define W2N_DIRECT_ACTIVATION 24
#define W2N_FUNCTION_CONTEXT 8
#define W2N_FUNCTION_CODE 16
#define W2N_FUNCTION_STACK 24
/// W2N_NOT_ENTERED of the API.
#define W2N_REFUSED 1

// ThrowPoint, which begins with the saved registers.
#define W2N_THROW_FRAME_POINTER (8 * W2N_SAVED_REGISTER_COUNT)
#define W2N_THROW_PROGRAM_COUNTER (8 * W2N_SAVED_REGISTER_COUNT + 8)
#define W2N_THROW_STACK_POINTER (8 * W2N_SAVED_REGISTER_COUNT + 16)
#define W2N_THROW_POINT_BYTES (8 * W2N_SAVED_REGISTER_COUNT + 24)

#ifdef __ASSEMBLER__
// clang-format off
  .section .note.GNU-stack, "", %progbits
  .text

  // A place in the code that only the runtime sees.
  .macro W2N_LABEL name
  .globl \name
  .hidden \name
\name:
  .endm

  .macro W2N_FUNCTION name
  .type \name, %function
  W2N_LABEL \name
  .endm

  // A function of the C API.
  .macro W2N_API_FUNCTION name
  .type \name, %function
  .globl \name
\name:
  .endm
// clang-format on
#endif
