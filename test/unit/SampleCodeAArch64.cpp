// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The sample module for AArch64.
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

// The context is in x20. Each begins with a place that indirect calls may lead to. A function ends
// where the next begins; it is copied from here.
asm(R"(
  .pushsection .rodata
  .p2align 2

  // void(context x0, code x1, slots x2)
w2nSampleEntryThunk:
  hint #34 // bti c
  stp x29, x30, [sp, #-32]!
  stp x19, x20, [sp, #16]
  mov x19, x2
  mov x20, x0
  mov x9, x1
  ldr w0, [x2]
  ldr w1, [x2, #8]
  blr x9
  mov w0, w0
  str x0, [x19]
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #32
  ret

  // x20: a HostFunction
w2nSampleImportThunk:
  hint #34 // bti c
  stp x29, x30, [sp, #-32]!
  stp x0, x1, [sp, #16]
  mov x0, x20
  add x1, sp, #16
  ldr x9, [x20]
  blr x9
  ldr w0, [sp, #16]
  ldp x29, x30, [sp], #32
  ret

w2nSampleAdd:
  hint #34 // bti c
  add w0, w0, w1
  ret

w2nSampleTrap:
  hint #34 // bti c
  mov w1, w0
  mov x0, x20
  ldr x9, [x20]
  ldr x9, [x9]
  stp x29, x30, [sp, #-16]!
  blr x9

w2nSampleLoad:
  hint #34 // bti c
  ldr x9, [x20, #48]         // the base of memory 0
  ldr w0, [x9, w0, uxtw]
  ret

w2nSampleRecurse:
  hint #34 // bti c
  stp x29, x30, [sp, #-16]!
  bl w2nSampleRecurse

w2nSampleGrow:
  hint #34 // bti c
  stp x29, x30, [sp, #-16]!
  mov w2, w0
  mov w1, #0
  mov x0, x20
  ldr x9, [x20]
  ldr x9, [x9, #8]
  blr x9
  ldp x29, x30, [sp], #16
  ret

w2nSampleFill:
  hint #34 // bti c
  stp x29, x30, [sp, #-16]!
  mov w2, w0
  mov w4, w1
  mov w3, #'A'
  mov w1, #0
  mov x0, x20
  ldr x9, [x20]
  ldr x9, [x9, #24]
  blr x9
  ldp x29, x30, [sp], #16
  ret

w2nSampleDivide:             // sdiv does not trap
  hint #34
  cbz w1, 1f
  sdiv w0, w0, w1
  ret
1:
  mov w1, #6
  mov x0, x20
  ldr x9, [x20]
  ldr x9, [x9]
  stp x29, x30, [sp, #-16]!
  blr x9

w2nSampleIllegal:
  hint #34 // bti c
  udf #0

w2nSampleWait:
  hint #34 // bti c
  stp x29, x30, [sp, #-16]!
  mov w2, w0
  mov w3, w1
  mov x4, #-1
  mov w1, #0
  mov x0, x20
  ldr x9, [x20]
  ldr x9, [x9, #96]
  blr x9
  ldp x29, x30, [sp], #16
  ret

w2nSampleCallHost:           // its loads get their offsets
  hint #34
  stp x20, x30, [sp, #-16]!
  ldr x9, [x20]
  ldr x20, [x20]
  blr x9
  ldp x20, x30, [sp], #16
  ret

w2nSampleLoopHost:           // its loads get their offsets
  hint #34
  stp x20, x30, [sp, #-16]!
  ldr x9, [x20]
  ldr x20, [x20]
  blr x9
  ldr x20, [sp]
  b w2nSampleLoopHost + 8

w2nSampleLoop:
  hint #34 // bti c
  b w2nSampleLoop
w2nSampleEnd:
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
    // LDR (immediate), unsigned offset: imm12 from bit 10, in units of 8 bytes.
    word |= uint32_t(value / 8) << 10;
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
