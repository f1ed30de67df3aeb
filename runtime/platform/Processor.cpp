// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/platform/Processor.h"

#include <cstdint>
#include <sys/auxv.h>
#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <cstdio>
#endif

namespace w2n::platform {

namespace {

template <typename T> void append(std::string &bytes, const T &value) {
  bytes.append(reinterpret_cast<const char *>(&value), sizeof(value));
}

#if defined(__x86_64__)

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

void appendProcessor(std::string &bytes) {
  for (const Leaf &leaf : leaves) {
    uint32_t registers[4] = {};
    __get_cpuid_count(leaf.leaf, leaf.subleaf, &registers[0], &registers[1], &registers[2],
                      &registers[3]);
    for (unsigned i = 0; i < 4; ++i)
      if (leaf.registers & (1u << i))
        append(bytes, registers[i]);
  }
}

#elif defined(__aarch64__)

void appendProcessor(std::string &bytes) {
  char model[32] = {};
  if (FILE *file = fopen("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1", "re")) {
    bytes.append(model, fread(model, 1, sizeof(model), file));
    fclose(file);
  }
}

#else

void appendProcessor(std::string &) {}

#endif

} // namespace

const char *architectureName() {
#if defined(__x86_64__)
  return "x86_64";
#elif defined(__aarch64__)
  return "aarch64";
#elif defined(__riscv)
  return "riscv64";
#endif
}

std::string processorIdentity() {
  std::string bytes = architectureName();
  append(bytes, getauxval(AT_HWCAP));
  append(bytes, getauxval(AT_HWCAP2));
  appendProcessor(bytes);
  return bytes;
}

} // namespace w2n::platform
