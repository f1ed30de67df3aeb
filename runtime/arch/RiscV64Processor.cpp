// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/arch/Processor.h"

namespace w2n::runtime {

const char *const architectureName = "riscv64";

std::string processorModel() { return {}; }

} // namespace w2n::runtime
