// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// For tests that run out of address space.
#pragma once

#include <algorithm>
#include <cstdint>
#include <sys/resource.h>

namespace w2n::test {

/// qemu-user takes no notice of this limit.
inline bool systemLimitsAddressSpace() {
  rlimit before, after;
  getrlimit(RLIMIT_AS, &before);
  const rlimit large = {std::min<rlim_t>(uint64_t(1) << 46, before.rlim_max), before.rlim_max};
  setrlimit(RLIMIT_AS, &large);
  getrlimit(RLIMIT_AS, &after);
  setrlimit(RLIMIT_AS, &before);
  return after.rlim_cur == large.rlim_cur;
}

} // namespace w2n::test
