// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/arch/Processor.h"

#include <sys/auxv.h>

namespace w2n::runtime {

std::string processorIdentity() {
  std::string bytes = architectureName;
  for (const unsigned long capabilities : {getauxval(AT_HWCAP), getauxval(AT_HWCAP2)})
    bytes.append(reinterpret_cast<const char *>(&capabilities), sizeof(capabilities));
  return bytes + processorModel();
}

} // namespace w2n::runtime
