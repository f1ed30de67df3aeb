// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/arch/Processor.h"

#include <cstdio>

namespace w2n::runtime {

const char *const architectureName = "aarch64";

std::string processorModel() {
  char model[32] = {};
  size_t length = 0;
  if (FILE *file = fopen("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1", "re")) {
    length = fread(model, 1, sizeof(model), file);
    fclose(file);
  }
  return std::string(model, length);
}

} // namespace w2n::runtime
