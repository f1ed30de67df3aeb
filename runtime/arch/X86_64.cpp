// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Crossing between host and compiled code on x86-64, System V.
//
// Compiled code preserves what C calls preserve (rbx, rbp, r12-r15) when it returns, but not when
// it is left on a trap, so entering saves those on the host's stack and both ways out restore them.
// MXCSR and the x87 control word are never changed by compiled code.
#include "runtime/arch/Arch.h"

#include <algorithm>
#include <cstring>
#include <elf.h>

namespace w2n::runtime {

const uint32_t hostElfMachine = EM_X86_64;
const UnwindRegisters unwindRegisters = {.callsPushReturnAddress = true,
                                         .stackPointer = 7,
                                         .framePointer = 6,
                                         .returnAddress = 16,
                                         .saved = {3, 12, 13, 14, 15}};

// Nothing signs return addresses.
uintptr_t withoutSignature(uintptr_t signedAddress) { return signedAddress; }

void noteCrossing(Activation &activation) {
  // W2N_CROSS pushes rbp on top of the return address.
  const auto *frame = reinterpret_cast<const uintptr_t *>(activation.guestStackPointer);
  activation.trapFramePointer = frame[0];
  activation.trapProgramCounter = frame[1];
  activation.trapStackPointer = activation.guestStackPointer + 2 * sizeof(uintptr_t);
  activation.afterCall = 1;
}

uintptr_t prepareStack(uintptr_t top, void (*function)(void *), void *argument) {
  // In the order of w2nSwitchStack: modes, r15, r14, r13, r12, rbx, rbp, where it returns to.
  auto *frame = reinterpret_cast<uintptr_t *>(top & ~uintptr_t(15)) - 8;
  uint32_t modes[2] = {};
  asm("stmxcsr %0\n\tfnstcw %1" : "=m"(modes[0]), "=m"(modes[1]));
  std::memcpy(frame, modes, sizeof(modes));
  std::fill_n(frame + 1, 6, 0);
  frame[4] = reinterpret_cast<uintptr_t>(argument);
  frame[5] = reinterpret_cast<uintptr_t>(function);
  frame[7] = reinterpret_cast<uintptr_t>(&w2nBeginStack);
  return reinterpret_cast<uintptr_t>(frame);
}

void writeJump(uint8_t *code, const void *target) {
  // endbr64; jmpq *6(%rip)
  constexpr uint8_t jump[] = {0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25, 6, 0, 0, 0};
  constexpr unsigned targetOffset = 16;
  std::memcpy(code, jump, sizeof(jump));
  std::memcpy(code + targetOffset, &target, sizeof(target));
}

void writeFixedStub(uint8_t *code) {
  // endbr64; subq $8, %rsp; call *%rdx; addq $8, %rsp; retq
  constexpr uint8_t stub[] = {0xf3, 0x0f, 0x1e, 0xfa, 0x48, 0x83, 0xec, 0x08,
                              0xff, 0xd2, 0x48, 0x83, 0xc4, 0x08, 0xc3};
  std::memcpy(code, stub, sizeof(stub));
}

bool isTrapInstruction(const void *code) {
  constexpr uint8_t ud2[] = {0x0f, 0x0b};
  return std::memcmp(code, ud2, sizeof(ud2)) == 0;
}

// INT3.
bool isBreakpoint(const void *code) { return *static_cast<const uint8_t *>(code) == 0xcc; }

} // namespace w2n::runtime
