// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/support/ResidentMemory.h"

#include "lib/support/Descriptor.h"

#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace w2n {

uint64_t residentBytes() {
  const Descriptor file(open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  char text[128] = {};
  unsigned long pages = 0, resident = 0;
  if (!file || read(file.get(), text, sizeof(text) - 1) <= 0 ||
      sscanf(text, "%lu %lu", &pages, &resident) != 2)
    return 0;
  return uint64_t(resident) * uint64_t(sysconf(_SC_PAGESIZE));
}

} // namespace w2n
