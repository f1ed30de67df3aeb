// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/Quota.h"

#include <sys/stat.h>

namespace w2n::wasi {

std::optional<uint64_t> Quota::regularBytes(int host) {
  struct stat status;
  if (fstat(host, &status) != 0 || !S_ISREG(status.st_mode))
    return std::nullopt;
  return uint64_t(status.st_size);
}

} // namespace w2n::wasi
