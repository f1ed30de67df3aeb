// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The sample module for RISC-V.
#include "lib/artifact/Abi.h"
#include "test/unit/SampleCode.h"

#include <cstring>

namespace w2n::test {

using namespace artifact;

// Numbers and offsets that the assembly below uses.
static_assert(uint32_t(TrapKind::IntegerDivideByZero) == 6);
static_assert(offsetof(RuntimeServices, trap) == 0 && offsetof(RuntimeServices, memoryGrow) == 8 &&
              offsetof(RuntimeServices, memoryFill) == 24 &&
              offsetof(RuntimeServices, memoryWait32) == 96);

// The context is the first argument. A function ends where the next begins; it is copied from here.
asm(R"(
  .pushsection .rodata
  .option push
  .option norvc
  .option norelax
  .p2align 2

  # calls what is at `offset` of the services, with a frame of 16 bytes
  .macro W2N_SERVICE offset
  addi sp, sp, -16
  sd ra, 8(sp)
  ld t0, 0(a0)
  ld t0, \offset(t0)
  jalr t0
  .endm
  .macro W2N_RETURN
  ld ra, 8(sp)
  addi sp, sp, 16
  ret
  .endm
  .macro W2N_ZERO_EXTEND register
  slli \register, \register, 32
  srli \register, \register, 32
  .endm

  # void(context a0, code a1, slots a2)
w2nSampleEntryThunk:
  addi sp, sp, -16
  sd ra, 8(sp)
  sd s1, 0(sp)
  mv s1, a2
  mv t0, a1
  lw a1, 0(s1)
  lw a2, 8(s1)
  jalr t0
  W2N_ZERO_EXTEND a0
  sd a0, 0(s1)
  ld s1, 0(sp)
  W2N_RETURN

  # a0: a HostFunction
w2nSampleImportThunk:
  addi sp, sp, -32
  sd ra, 24(sp)
  sd a1, 0(sp)
  sd a2, 8(sp)
  mv a1, sp
  ld t0, 0(a0)
  jalr t0
  lw a0, 0(sp)
  ld ra, 24(sp)
  addi sp, sp, 32
  ret

w2nSampleAdd:
  addw a0, a1, a2
  ret

w2nSampleTrap:
  W2N_SERVICE 0

w2nSampleLoad:
  ld t0, 48(a0)              # the base of memory 0
  W2N_ZERO_EXTEND a1
  add t0, t0, a1
  lw a0, 0(t0)
  ret

w2nSampleRecurse:
  addi sp, sp, -16
  sd ra, 8(sp)
  jal w2nSampleRecurse

w2nSampleGrow:
  mv a2, a1
  W2N_ZERO_EXTEND a2
  li a1, 0
  W2N_SERVICE 8
  W2N_RETURN

w2nSampleFill:
  mv a4, a2
  W2N_ZERO_EXTEND a4
  li a3, 'A'
  mv a2, a1
  W2N_ZERO_EXTEND a2
  li a1, 0
  W2N_SERVICE 24
  W2N_RETURN

w2nSampleDivide:             # divw does not trap
  beqz a2, 1f
  divw a0, a1, a2
  ret
1:
  li a1, 6
  W2N_SERVICE 0

w2nSampleIllegal:
  unimp

w2nSampleWait:
  mv a3, a2
  mv a2, a1
  W2N_ZERO_EXTEND a2
  li a4, -1
  li a1, 0
  W2N_SERVICE 96
  W2N_RETURN

w2nSampleCallHost:           # its loads get their offsets
  addi sp, sp, -16
  sd ra, 8(sp)
  ld t0, 0(a0)
  ld a0, 0(a0)
  jalr t0
  W2N_RETURN

w2nSampleLoopHost:           # its loads get their offsets
  addi sp, sp, -16
  sd a0, 0(sp)
  ld t0, 0(a0)
  ld a0, 0(a0)
  sd ra, 8(sp)
  jalr t0
  ld a0, 0(sp)
  j w2nSampleLoopHost + 8

w2nSampleLoop:
  j w2nSampleLoop
w2nSampleEnd:
  .option pop
  .popsection
)");

extern "C" {
#pragma GCC visibility push(hidden)
extern const uint8_t w2nSampleEntryThunk[], w2nSampleImportThunk[], w2nSampleAdd[], w2nSampleTrap[],
    w2nSampleLoad[], w2nSampleRecurse[], w2nSampleGrow[], w2nSampleFill[], w2nSampleDivide[],
    w2nSampleIllegal[], w2nSampleWait[], w2nSampleCallHost[], w2nSampleLoopHost[], w2nSampleLoop[],
    w2nSampleEnd[];
#pragma GCC visibility pop
}

SampleCode sampleCode() {
  return {{w2nSampleEntryThunk, w2nSampleImportThunk},
          {w2nSampleImportThunk, w2nSampleAdd},
          {{"add", {w2nSampleAdd, w2nSampleTrap}},
           {"trap", {w2nSampleTrap, w2nSampleLoad}},
           {"load", {w2nSampleLoad, w2nSampleRecurse}},
           {"recurse", {w2nSampleRecurse, w2nSampleGrow}},
           {"grow", {w2nSampleGrow, w2nSampleFill}},
           {"fill", {w2nSampleFill, w2nSampleDivide}},
           {"divide", {w2nSampleDivide, w2nSampleIllegal}},
           {"illegal", {w2nSampleIllegal, w2nSampleWait}}},
          {w2nSampleWait, w2nSampleCallHost}};
}

namespace {

/// A function with two loads from the context, its third and fourth instruction.
Code withOffset(Code code, uint64_t offset) {
  auto setOffset = [&](size_t instruction, uint64_t value) {
    uint32_t word;
    std::memcpy(&word, &code[4 * instruction], sizeof(word));
    // LD: a signed offset of 12 bits from bit 20 on.
    word |= uint32_t(value) << 20;
    std::memcpy(&code[4 * instruction], &word, sizeof(word));
  };
  setOffset(2, offset);
  setOffset(3, offset + 8);
  return code;
}

} // namespace

Code callHost(uint64_t offset) {
  return withOffset({w2nSampleCallHost, w2nSampleLoopHost}, offset);
}

Code loopHost(uint64_t offset) { return withOffset({w2nSampleLoopHost, w2nSampleLoop}, offset); }

Code loop() { return {w2nSampleLoop, w2nSampleEnd}; }

} // namespace w2n::test
