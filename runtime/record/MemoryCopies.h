// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Copies of an instance's memories, to find what a host function has written that does not say so.
// The cost is that of the memories' sizes.
#pragma once

#include "runtime/core/Instance.h"
#include "runtime/record/Event.h"

namespace w2n::record {

class MemoryCopies {
public:
  void take(runtime::Instance &instance);
  /// Adds what is different now, whose bytes are the memories'.
  void addChanges(runtime::Instance &instance, std::vector<MemoryWrite> &writes) const;
  bool isTaken() const { return taken; }

private:
  struct Copy {
    std::vector<uint8_t> bytes;
    uint64_t pages;
  };
  std::vector<Copy> copies;
  bool taken = false;
};

} // namespace w2n::record
