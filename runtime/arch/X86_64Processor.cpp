// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/arch/Processor.h"

#include <cpuid.h>
#include <cstdint>

namespace w2n::runtime {

const char *const architectureName = "x86_64";

namespace {

/// A leaf of cpuid, and which of its registers say what a processor can do: bit 0 is EAX, then EBX,
/// ECX, EDX. Source: Intel SDM, volume 2A, "CPUID"; AMD64 APM, volume 3, appendix E.
struct Leaf {
  uint32_t leaf, subleaf;
  unsigned registers;
};
constexpr Leaf leaves[] = {
    {0, 0, 0b1110},          // vendor
    {1, 0, 0b1101},          // model; EBX numbers the core
    {7, 0, 0b1111},          // features
    {7, 1, 0b1111},          // more of them
    {0xd, 0, 0b0001},        // register state that the system saves
    {0xd, 1, 0b0001},        // how it can be saved
    {0x14, 0, 0b0010},       // PTWRITE
    {0x19, 0, 0b1111},       // Key Locker
    {0x24, 0, 0b0010},       // AVX10
    {0x80000001, 0, 0b1100}, // features of AMD
    {0x80000008, 0, 0b0010}, // more of them
};

} // namespace

std::string processorModel() {
  std::string bytes;
  for (const Leaf &leaf : leaves) {
    uint32_t registers[4] = {};
    __get_cpuid_count(leaf.leaf, leaf.subleaf, &registers[0], &registers[1], &registers[2],
                      &registers[3]);
    for (unsigned i = 0; i < 4; ++i)
      if (leaf.registers & (1u << i))
        bytes.append(reinterpret_cast<const char *>(&registers[i]), sizeof(registers[i]));
  }
  return bytes;
}

} // namespace w2n::runtime
