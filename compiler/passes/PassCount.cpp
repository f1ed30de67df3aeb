// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "compiler/passes/PassCount.h"

#include <cinttypes>
#include <cstdio>

namespace w2n::compiler {

namespace {

/// All of them, the last one made first. Those at namespace scope are made before any other thread.
PassCount *first = nullptr;

} // namespace

PassCount::PassCount(const char *name) : name(name), next(first) { first = this; }

void printPassCounts() {
  for (const PassCount *each = first; each; each = each->next)
    std::fprintf(stderr, "%-40s %" PRIu64 "\n", each->name,
                 each->taken.load(std::memory_order_relaxed));
}

} // namespace w2n::compiler
