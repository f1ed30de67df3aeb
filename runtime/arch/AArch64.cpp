// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Crossing between host and compiled code on AArch64 (Procedure Call Standard for the Arm 64-bit
// Architecture).
//
// Compiled code preserves what C calls preserve (x19-x28, x29, the low halves of v8-v15) when it
// returns, but not when it is left on a trap, so entering saves those on the host's stack and both
// ways out restore them. FPCR is never changed by compiled code. A call leaves its return address
// in x30. Functions that are compiled to sign it (--sign-return-addresses) have it signed while
// they run, but not when they call, return or jump elsewhere.
//
// Compiled code is mapped from a file, so that no instruction cache has to be told of it.
#include "runtime/arch/Arch.h"

#include <algorithm>
#include <cstring>
#include <elf.h>

namespace w2n::runtime {

const uint32_t hostElfMachine = EM_AARCH64;
const UnwindRegisters unwindRegisters = {
    .callsPushReturnAddress = false,
    .stackPointer = 31,
    .framePointer = 29,
    .returnAddress = 30,
    .saved = {19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 72, 73, 74, 75, 76, 77, 78, 79},
    .signingInstruction = 0x2d}; // DW_CFA_AARCH64_negate_ra_state

uintptr_t withoutSignature(uintptr_t signedAddress) {
  // A hint, so that it does nothing where the processor has no pointer authentication. It works on
  // x30 alone.
  asm("mov x30, %0\n\thint #7\n\tmov %0, x30" : "+r"(signedAddress) : : "x30"); // xpaclri
  return signedAddress;
}

void noteCrossing(Activation &activation) {
  // W2N_CROSS pushes the frame record, x29 and x30.
  const auto *frame = reinterpret_cast<const uintptr_t *>(activation.guestStackPointer);
  activation.trapFramePointer = frame[0];
  activation.trapProgramCounter = frame[1];
  activation.trapStackPointer = activation.guestStackPointer + 2 * sizeof(uintptr_t);
  activation.afterCall = 1;
}

uintptr_t prepareStack(uintptr_t top, void (*function)(void *), void *argument) {
  // In the order of w2nSwitchStack: x29, x30, x19, x20, ...
  constexpr size_t words = 20;
  auto *frame = reinterpret_cast<uintptr_t *>(top & ~uintptr_t(15)) - words;
  std::fill_n(frame, words, 0);
  frame[1] = reinterpret_cast<uintptr_t>(&w2nBeginStack);
  frame[2] = reinterpret_cast<uintptr_t>(function);
  frame[3] = reinterpret_cast<uintptr_t>(argument);
  return reinterpret_cast<uintptr_t>(frame);
}

void writeJump(uint8_t *code, const void *target) {
  // bti c; ldr x16, .+12; br x16
  constexpr uint32_t jump[] = {0xd503245f, 0x58000070, 0xd61f0200};
  constexpr unsigned targetOffset = 16;
  std::memcpy(code, jump, sizeof(jump));
  std::memcpy(code + targetOffset, &target, sizeof(target));
}

void writeFixedStub(uint8_t *code) {
  // bti c; stp x29, x30, [sp, #-16]!; blr x2; ldp x29, x30, [sp], #16; ret
  constexpr uint32_t stub[] = {0xd503245f, 0xa9bf7bfd, 0xd63f0040, 0xa8c17bfd, 0xd65f03c0};
  std::memcpy(code, stub, sizeof(stub));
}

bool isTrapInstruction(const void *code) {
  uint32_t instruction;
  std::memcpy(&instruction, code, sizeof(instruction));
  // BRK #imm16, or UDF #imm16.
  return (instruction & 0xffe0001f) == 0xd4200000 || instruction >> 16 == 0;
}

bool isBreakpoint(const void *code) {
  uint32_t instruction;
  std::memcpy(&instruction, code, sizeof(instruction));
  return (instruction & 0xffe0001f) == 0xd4200000; // BRK
}

} // namespace w2n::runtime
