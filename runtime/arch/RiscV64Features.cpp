// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/arch/FeatureTable.h"
#include "runtime/arch/RiscV64FeatureTable.h"

#include <sys/auxv.h>
#include <unistd.h>

namespace w2n::runtime {

namespace {

// The system call and its key (asm/unistd.h, asm/hwprobe.h), which the C library may be too old to
// name.
constexpr long hwprobeCall = 258;
constexpr int64_t extensionsKey = 4;

struct ProbePair {
  int64_t key;
  uint64_t value;
};

/// The extensions that every processor of the machine has; 0 if the kernel cannot tell.
uint64_t probeExtensions() {
  ProbePair pair = {extensionsKey, 0};
  const long result = syscall(hwprobeCall, &pair, size_t(1), size_t(0), nullptr, 0u);
  // A key that the kernel does not know becomes -1.
  return result == 0 && pair.key == extensionsKey ? pair.value : 0;
}

/// The control register vlenb, by its number, as the assembler may not have V.
uint32_t vectorRegisterBits() {
  uint64_t bytes;
  asm volatile("csrr %0, 0xc22" : "=r"(bytes));
  return uint32_t(8 * bytes);
}

RiscV64Capabilities findCapabilities() {
  RiscV64Capabilities found = {getauxval(AT_HWCAP), probeExtensions(), 0};
  constexpr RiscV64Feature vectors = {"v", "v", probed(2)};
  if (found.has(vectors))
    found.vectorBits = vectorRegisterBits();
  return found;
}

const RiscV64Capabilities &capabilities() {
  static const RiscV64Capabilities found = findCapabilities();
  return found;
}

} // namespace

FeatureState processorFeature(std::string_view name) {
  return featureIn(riscv64Features, name, capabilities());
}

std::string processorFeatures() { return namesIn(riscv64Features, capabilities()); }

} // namespace w2n::runtime
