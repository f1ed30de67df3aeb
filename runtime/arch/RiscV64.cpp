// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Crossing between host and compiled code on RISC-V 64 with the D extension (RISC-V ELF psABI,
// "Integer Register Convention", ABI lp64d).
//
// Calls preserve s0-s11 and fs0-fs11; s0 is the frame pointer. Compiled code preserves them when it
// returns, but not when it is left on a trap, so entering saves them on the host's stack and both
// ways out restore them. gp and tp are the host's and compiled code touches neither; nor does it
// change the rounding mode. The flags in fcsr are of no meaning to anyone. No vector register is
// preserved by calls.
#include "runtime/arch/Arch.h"

#include <algorithm>
#include <cstring>
#include <elf.h>

namespace w2n::runtime {

const uint32_t hostElfMachine = EM_RISCV;
// x0 to x31 are 0 to 31, f0 to f31 follow (RISC-V DWARF Specification). In the order of
// W2N_PRESERVED: s1, s2-s11, fs0, fs1, fs2-fs11.
const UnwindRegisters unwindRegisters = {.callsPushReturnAddress = false,
                                         .stackPointer = 2,
                                         .framePointer = 8,
                                         .returnAddress = 1,
                                         .saved = {9,  18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 40,
                                                   41, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59}};

// Nothing signs return addresses.
uintptr_t withoutSignature(uintptr_t signedAddress) { return signedAddress; }

void noteCrossing(Activation &activation) {
  // W2N_CROSS saves s0 and below it the return address.
  const auto *frame = reinterpret_cast<const uintptr_t *>(activation.guestStackPointer);
  activation.trapFramePointer = frame[0];
  activation.trapProgramCounter = frame[1];
  activation.trapStackPointer = activation.guestStackPointer + 2 * sizeof(uintptr_t);
  activation.afterCall = 1;
}

uintptr_t prepareStack(uintptr_t top, void (*function)(void *), void *argument) {
  // In the order of w2nSwitchStack, from the second word on: s1, s2, ...; at the end s0, ra.
  constexpr size_t words = 26;
  auto *frame = reinterpret_cast<uintptr_t *>(top & ~uintptr_t(15)) - words;
  std::fill_n(frame, words, 0);
  frame[1] = reinterpret_cast<uintptr_t>(function);
  frame[2] = reinterpret_cast<uintptr_t>(argument);
  frame[25] = reinterpret_cast<uintptr_t>(&w2nBeginStack);
  return reinterpret_cast<uintptr_t>(frame);
}

void writeJump(uint8_t *code, const void *target) {
  // auipc t1, 0; ld t1, 16(t1); jr t1
  constexpr uint32_t jump[] = {0x00000317, 0x01033303, 0x00030067};
  constexpr unsigned targetOffset = 16;
  std::memcpy(code, jump, sizeof(jump));
  std::memcpy(code + targetOffset, &target, sizeof(target));
}

void writeFixedStub(uint8_t *code) {
  // addi sp, sp, -16; sd ra, 8(sp); jalr a2; ld ra, 8(sp); addi sp, sp, 16; ret
  constexpr uint32_t stub[] = {0xff010113, 0x00113423, 0x000600e7,
                               0x00813083, 0x01010113, 0x00008067};
  std::memcpy(code, stub, sizeof(stub));
}

bool isTrapInstruction(const void *code) {
  uint16_t halves[2];
  std::memcpy(halves, code, sizeof(halves[0]));
  // C.EBREAK and C.UNIMP.
  if (halves[0] == 0x9002 || halves[0] == 0)
    return true;
  if ((halves[0] & 3) != 3)
    return false;
  std::memcpy(halves, code, sizeof(halves));
  const uint32_t instruction = halves[0] | uint32_t(halves[1]) << 16;
  // EBREAK, and UNIMP, which writes the cycle counter.
  return instruction == 0x00100073 || instruction == 0xc0001073;
}

bool isBreakpoint(const void *code) {
  uint16_t halves[2];
  std::memcpy(halves, code, sizeof(halves));
  return halves[0] == 0x9002 || (halves[0] == 0x0073 && halves[1] == 0x0010); // C.EBREAK, EBREAK
}

} // namespace w2n::runtime
