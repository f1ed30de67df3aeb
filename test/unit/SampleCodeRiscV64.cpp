// The sample module for RISC-V.
#include "lib/artifact/Abi.h"
#include "test/unit/SampleCode.h"

#include <cstring>

namespace w2n::test {

using namespace artifact;

// What the assembly below knows.
static_assert(uint32_t(TrapKind::IntegerDivideByZero) == 6);
static_assert(offsetof(RuntimeServices, trap) == 0 && offsetof(RuntimeServices, memoryGrow) == 8 &&
              offsetof(RuntimeServices, memoryFill) == 24 &&
              offsetof(RuntimeServices, memoryWait32) == 96);

// The context is in a0, arguments follow. A function ends where the next begins; it is copied from
// here, so that every instruction has 4 bytes and none is left to the linker.
asm(R"(
  .pushsection .rodata
  .option push
  .option norvc
  .option norelax
  .p2align 2

  # void(context a0, code a1, slots a2)
w2nSampleEntryThunk:
  addi sp, sp, -16
  sd ra, 8(sp)
  sd s0, 0(sp)
  mv s0, a2
  mv t0, a1
  lw a1, 0(s0)
  lw a2, 8(s0)
  jalr t0
  sd zero, 0(s0)
  sw a0, 0(s0)
  ld ra, 8(sp)
  ld s0, 0(sp)
  addi sp, sp, 16
  ret

  # a0: a HostFunction
w2nSampleImportThunk:
  addi sp, sp, -32
  sd ra, 24(sp)
  sd zero, 0(sp)
  sw a1, 0(sp)
  sd zero, 8(sp)
  sw a2, 8(sp)
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
  ld t0, 0(a0)
  ld t0, 0(t0)
  jalr t0

w2nSampleLoad:
  ld t0, 32(a0)              # the base of memory 0
  slli a1, a1, 32
  srli a1, a1, 32
  add t0, t0, a1
  lw a0, 0(t0)
  ret

w2nSampleRecurse:
  addi sp, sp, -16
  sd ra, 8(sp)
  jal w2nSampleRecurse

w2nSampleGrow:
  addi sp, sp, -16
  sd ra, 8(sp)
  slli a2, a1, 32
  srli a2, a2, 32
  li a1, 0
  ld t0, 0(a0)
  ld t0, 8(t0)
  jalr t0
  ld ra, 8(sp)
  addi sp, sp, 16
  ret

w2nSampleFill:
  addi sp, sp, -16
  sd ra, 8(sp)
  slli a4, a2, 32
  srli a4, a4, 32
  slli a2, a1, 32
  srli a2, a2, 32
  li a3, 'A'
  li a1, 0
  ld t0, 0(a0)
  ld t0, 24(t0)
  jalr t0
  ld ra, 8(sp)
  addi sp, sp, 16
  ret

w2nSampleDivide:             # divw does not trap
  beqz a2, 1f
  divw a0, a1, a2
  ret
1:
  li a1, 6
  ld t0, 0(a0)
  ld t0, 0(t0)
  jalr t0

w2nSampleIllegal:
  unimp

w2nSampleWait:
  addi sp, sp, -16
  sd ra, 8(sp)
  slli a3, a2, 32
  srli a3, a3, 32
  slli a2, a1, 32
  srli a2, a2, 32
  li a4, -1
  li a1, 0
  ld t0, 0(a0)
  ld t0, 96(t0)
  jalr t0
  ld ra, 8(sp)
  addi sp, sp, 16
  ret

w2nSampleCallHost:           # its first loads get their offsets
  ld t0, 0(a0)
  ld a0, 0(a0)
  addi sp, sp, -16
  sd ra, 8(sp)
  jalr t0
  ld ra, 8(sp)
  addi sp, sp, 16
  ret
w2nSampleEnd:
  .option pop
  .popsection
)");

extern "C" const uint8_t w2nSampleEntryThunk[], w2nSampleImportThunk[], w2nSampleAdd[],
    w2nSampleTrap[], w2nSampleLoad[], w2nSampleRecurse[], w2nSampleGrow[], w2nSampleFill[],
    w2nSampleDivide[], w2nSampleIllegal[], w2nSampleWait[], w2nSampleCallHost[], w2nSampleEnd[];

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

Code callHost(uint64_t offset) {
  Code code(w2nSampleCallHost, w2nSampleEnd);
  auto setOffset = [&](size_t instruction, uint64_t value) {
    uint32_t word;
    std::memcpy(&word, &code[4 * instruction], sizeof(word));
    // LD: a signed 12-bit offset from bit 20.
    word |= uint32_t(value) << 20;
    std::memcpy(&code[4 * instruction], &word, sizeof(word));
  };
  setOffset(0, offset);
  setOffset(1, offset + 8);
  return code;
}

} // namespace w2n::test
