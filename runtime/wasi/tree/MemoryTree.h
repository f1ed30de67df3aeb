// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A tree in memory, empty at first, with a limit on what it takes. Files are sparse: only pages
// that were written to count.
#pragma once

#include "runtime/wasi/tree/Node.h"

namespace w2n::wasi {

struct MemoryTreeLimits {
  /// The size of pages of files and targets of links.
  uint64_t maxBytes = 64 << 20;
  /// Names, each further one of the same file included.
  uint64_t maxEntries = 65536;
};

/// The root of a new tree. What would exceed a limit fails with NoSpc, as on a full disk.
NodeHandle makeMemoryTree(const MemoryTreeLimits &limits);

} // namespace w2n::wasi
