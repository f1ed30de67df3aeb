// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The functions that an address in a module's code belongs to: for backtraces. Sorted once, because
// code is in the order of its sections, and a stack may have frames of very many functions.
#pragma once

#include "lib/artifact/Metadata.h"

#include <cstdint>
#include <span>
#include <vector>

namespace w2n::runtime {

class CodeMap {
public:
  struct Function {
    uintptr_t begin;
    uint32_t index;
  };
  /// From `begin` to the next one's: the functions that were inlined there, innermost first.
  struct Range {
    uintptr_t begin;
    std::span<const uint32_t> functions;
  };

  CodeMap() = default;
  /// The lowest index counts among functions at one address, the last range among ranges.
  CodeMap(std::vector<Function> functions, std::vector<Range> ranges);
  /// The map that `metadata`, which must outlive it, describes. Empty if there is no memory for it.
  static CodeMap of(const artifact::Metadata &metadata);

  /// Index of the function whose code starts at `start`, or noIndex.
  uint32_t functionAt(uintptr_t start) const;
  /// The functions that were inlined where `address` is, innermost first; indices that the module
  /// does not have may be among them. Empty if there are none.
  std::span<const uint32_t> inlinedAt(uintptr_t address) const;

private:
  std::vector<Function> functions; // by begin
  std::vector<Range> ranges;       // by begin
};

} // namespace w2n::runtime
